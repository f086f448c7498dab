/** What is to be done about an edit of a lead that somebody else changed meanwhile. */
import { ApiProblem } from '@/api/client'
import type { LeadPatch } from '@/api/leads'

export interface Outdated {
  /** Names as in the patch, `attributes.plan` for one attribute. */
  fields: string[]
  /** The one that the lead has now. */
  version: number
}

/** Which fields somebody else changed, if that is why an edit was refused. */
export function outdatedBy(error: unknown): Outdated | null {
  if (!(error instanceof ApiProblem) || !error.type.endsWith(':lead-edited-meanwhile')) return null
  return error.version === undefined
    ? null
    : { fields: error.fields.map(({ field }) => field.replace(/^body\./, '')), version: error.version }
}

/** True if the patch writes one of the fields that somebody else changed. */
export function concerns({ fields }: Outdated, { attributes, ...rest }: Partial<LeadPatch>): boolean {
  const written = [...Object.keys(rest), ...Object.keys(attributes ?? {}).map((name) => `attributes.${name}`)]
  return written.some((name) => fields.includes(name))
}
