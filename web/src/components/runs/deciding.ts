/** Decisions for many at once: what is possible with those that are picked, and what came of it. */
import type { DecisionOutcome, RunApproval } from '@/api/run-approvals'
import { formatNumber, plural } from '@/lib/format'
import { readStored } from '@/lib/storage'
import { type FormValues, valuesOf } from './approval-form'

/** Where this browser keeps what was typed on a card. */
export const typedKey = (id: number) => `run-approval.${id}`

/** The API takes so many at a time. */
export const MOST_AT_ONCE = 500

/** Somebody has changed its form here, and a decision for many would leave that out. */
export function isTyped({ id, form }: RunApproval): boolean {
  const typed = readStored<FormValues>(typedKey(id), {})
  const first = valuesOf(form)
  return form.some(({ name }) => typed[name] !== undefined && typed[name] !== first[name])
}

/** A field has to be filled in first. */
const isLacking = ({ form }: RunApproval): boolean => {
  const first = valuesOf(form)
  return form.some(({ name, required }) => required && first[name] === '')
}

interface Together {
  actions: { name: string; label: string }[]
  /** Why there are none. */
  why: string
}

/** The actions that all of these have, or why they have to be decided one by one. */
export function together(approvals: RunApproval[]): Together {
  const none = (why: string): Together => ({ actions: [], why })
  if (approvals.length === 0) return none('')
  if (approvals.length > MOST_AT_ONCE) return none(`At most ${MOST_AT_ONCE} at once.`)
  const lacking = approvals.filter(isLacking).length
  if (lacking) return none(`${plural(lacking, 'form')} must be filled in first.`)
  const typed = approvals.filter(isTyped).length
  if (typed) return none(`You changed ${plural(typed, 'form')}: decide there.`)
  const [first, ...rest] = approvals
  const shared = (first?.actions ?? []).filter(({ name }) =>
    rest.every(({ actions }) => actions.some((action) => action.name === name)),
  )
  if (shared.length === 0) return none('They have no decision in common.')
  return { actions: shared.map(({ name, label }) => ({ name, label: label || name })), why: '' }
}

/** All between the card that was ticked last and this one, as lists of mail do with Shift. */
export function between(ids: number[], from: number | undefined, to: number): number[] {
  const start = from === undefined ? -1 : ids.indexOf(from)
  const end = ids.indexOf(to)
  if (start < 0 || end < 0) return [to]
  return ids.slice(Math.min(start, end), Math.max(start, end) + 1)
}

interface Came {
  decided: number
  /** What else came, in words; empty if all were decided so. */
  rest: string
}

const REST: [DecisionOutcome, (count: string) => string][] = [
  ['decided_before', (count) => `${count} decided before by somebody else`],
  ['over', (count) => `${count} no longer asked for`],
  ['gone', (count) => `${count} gone`],
  ['unfit', (count) => `${count} must be decided on the card`],
]

export function cameOf(items: { outcome: DecisionOutcome }[]): Came {
  const count = (outcome: DecisionOutcome) => items.filter((item) => item.outcome === outcome).length
  const parts = REST.filter(([outcome]) => count(outcome)).map(([outcome, say]) => say(formatNumber(count(outcome))))
  return { decided: count('decided'), rest: parts.length ? `${parts.join(', ')}.` : '' }
}
