import type { Played } from '@/api/evals'
import { formatMoney } from '@/lib/format'

/** Of a played conversation what is compared. */
export interface Outcome {
  name: string
  kind: string
  repetition: number
  passed: boolean
  seconds: number
  cost: number
}

export interface Difference {
  key: string
  name: string
  /** Null where only the other run played it. */
  before: Outcome | null
  after: Outcome | null
  verdict: 'better' | 'worse' | 'same' | 'alone'
}

const keyOf = ({ name, kind, repetition }: Outcome): string => `${kind} ${name} ${repetition}`
const ORDER: Difference['verdict'][] = ['worse', 'better', 'alone', 'same']

function verdictOf(before: Outcome | null, after: Outcome | null): Difference['verdict'] {
  if (!before || !after) return 'alone'
  if (before.passed === after.passed) return 'same'
  return after.passed ? 'better' : 'worse'
}

/** Two runs, conversation by conversation: what got worse comes first, what is the same last. */
export function differences(before: Outcome[], after: Outcome[]): Difference[] {
  const earlier = new Map(before.map((one) => [keyOf(one), one]))
  const later = new Map(after.map((one) => [keyOf(one), one]))
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .map((key) => {
      const one = earlier.get(key) ?? null
      const other = later.get(key) ?? null
      return { key, name: one?.name ?? other?.name ?? '', before: one, after: other, verdict: verdictOf(one, other) }
    })
    .toSorted(
      (one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict) || one.name.localeCompare(other.name),
    )
}

/** `38 of 40 went as expected`. */
export const resultWords = (played: Pick<Outcome, 'passed'>[]): string =>
  `${played.filter((one) => one.passed).length} of ${played.length} went as expected`

/** `$0.12, 3.4 s`; of a free model the time alone. */
export const effortWords = ({ seconds = 0, cost = 0 }: { seconds?: number; cost?: number }): string =>
  [cost > 0 && formatMoney(cost), `${seconds.toFixed(1)} s`].filter(Boolean).join(', ')

type Titled = Pick<Played, 'name'> & Partial<Pick<Played, 'kind' | 'repetition'>>

const LANGUAGES: Record<string, string> = { en: 'English', es: 'Spanish', fr: 'French' }

/** `price-es` → `Price, Spanish`; with its number if it was played before. */
export function conversationTitle({ name, kind, repetition }: Titled): string {
  const [, situation, code] = (kind !== 'persona' && /^(.+)-(en|es|fr)$/.exec(name)) || []
  const title = situation && code ? `${titleOf(situation)}, ${LANGUAGES[code]}` : titleOf(name)
  return (repetition ?? 1) > 1 ? `${title} (${repetition})` : title
}

/** `is_qualified` → `Is qualified`. */
export const titleOf = (name: string): string => {
  const words = name.replaceAll(/[_/.-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

interface Wanted {
  plays: 'scripts' | 'personas'
  only: string
  personas: string[]
  repeat: string
}

/** How many conversations a run would play. */
export function conversationsOf({ plays, only, personas, repeat }: Wanted, choices: { scripts: string[] }): number {
  const part = only.trim()
  const each = plays === 'personas' ? personas.length : choices.scripts.filter((name) => name.includes(part)).length
  return each * (Number(repeat) || 0)
}
