import type { Option, Options } from './combobox'

export interface Choice extends Option {
  /** Words that nobody offered. */
  isOwn?: boolean
}

/** What is offered while these words are typed: every one of them is somewhere in the label, in any order. */
export function choicesFor(
  { items, takesOwn, state }: Pick<Options, 'items' | 'takesOwn' | 'state'>,
  typed: string,
  without: readonly string[] = [],
): Choice[] {
  const taken = new Set(without)
  const wanted = typed.trim()
  const words = wanted.toLowerCase().split(/\s+/)
  const offered = items.filter(
    ({ value, label }) => !taken.has(value) && words.every((word) => label.toLowerCase().includes(word)),
  )
  // Where the choices are not known, what is written has to do.
  const canOwn = takesOwn || state === 'failed'
  const isKnown = items.some(({ label }) => label.toLowerCase() === wanted.toLowerCase())
  return canOwn && wanted && !isKnown && !taken.has(wanted)
    ? [...offered, { value: wanted, label: wanted, isOwn: true }]
    : offered
}
