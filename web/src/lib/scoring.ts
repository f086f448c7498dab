/** How scores are spoken of, on the lead's page and in the settings. */
import type { Schemas } from '@/api/client'

/** What a scorer predicts, as the end of “the chance that a lead …”. */
export const DOES: Record<Schemas['ScoreModelOut']['outcome'], string> = {
  replied: 'replies',
  qualified: 'reaches tier A or B',
  booked: 'books a meeting',
}

/** A share between 0 and 1 in percent. */
export const percent = (share: number, digits = 1): string => `${(100 * share).toFixed(digits).replace(/\.0+$/, '')} %`

/** Points with their sign: `+8`, `−3`. */
export const signed = (points: number): string => `${points < 0 ? '−' : '+'}${Math.abs(Math.round(points))}`
