/** What became of a text, in one word and in one sentence. */
import type { Schemas } from '@/api/client'
import type { Tone } from '@/components/ui/badge'
import { humanize } from '@/lib/format'

/** The part of a text that tells its fate; the texts of every API have it. */
export interface TextFate {
  direction: 'in' | 'out'
  state?: string | null | undefined
  delivery_status?: string | null | undefined
  hold_reason?: string | null | undefined
  error_message?: string | null | undefined
}

export type FateMark = 'waiting' | 'leaving' | 'sent' | 'delivered' | 'read' | 'failed' | 'unclear' | 'stopped'

export interface Fate {
  mark: FateMark
  /** `Delivered`, `Waiting`. */
  label: string
  /** Why, where there is something to explain. */
  detail?: string
  tone: Tone
}

const HOLDS: Record<string, string> = {
  quiet_hours: "It is night at the lead's place; the text leaves when the day begins there.",
  paused: 'Its campaign is paused.',
  budget: "The campaign's budget is used up.",
  suppressed: 'The number must not be contacted.',
  replied: 'The lead wrote before it left.',
  replied_elsewhere: 'The lead wrote before it left.',
  cancelled: 'Its campaign was cancelled.',
  retry: 'The carrier was busy; it is tried again by itself.',
  not_accepted: 'The carrier did not get it; it is tried again by itself.',
  no_sender: 'No enabled sender may send it.',
  taken_over: 'A person took the conversation over before it left.',
  too_many_attempts: 'It was tried too often without success.',
  no_clear_answer: 'The carrier gave no clear answer. It is not sent again until that is known.',
  lease_expired: 'The carrier gave no clear answer. It is not sent again until that is known.',
  list_unavailable: 'The carrier can not be asked about it at the moment.',
  resolved_by_person: 'Somebody looked it up and said so.',
}

/** A reason in words; unknown ones are shown as they are named. */
export const holdWords = (reason: string | null | undefined): string | undefined =>
  reason ? (HOLDS[reason] ?? humanize(reason)) : undefined

/** What the carrier says about an accepted text. */
const DELIVERY: Record<string, Fate> = {
  delivered: { mark: 'delivered', label: 'Delivered', tone: 'success' },
  read: { mark: 'read', label: 'Read', tone: 'success' },
  undelivered: { mark: 'failed', label: 'Not delivered', tone: 'danger' },
  failed: { mark: 'failed', label: 'Not delivered', tone: 'danger' },
  canceled: { mark: 'stopped', label: 'Stopped', tone: 'neutral' },
}

/** Our side of it, until the carrier has it. */
const STATES: Record<string, Fate> = {
  queued: { mark: 'waiting', label: 'Waiting', tone: 'neutral' },
  held: { mark: 'waiting', label: 'Held', tone: 'warning' },
  sending: { mark: 'leaving', label: 'Sending', tone: 'info' },
  unknown: { mark: 'unclear', label: 'Not sure', tone: 'warning' },
  sent: { mark: 'sent', label: 'Sent', tone: 'neutral' },
  failed: { mark: 'failed', label: 'Failed', tone: 'danger' },
  cancelled: { mark: 'stopped', label: 'Never left', tone: 'neutral' },
}

/** What became of a campaign lead's text, as the API sums it up. */
export function fateOfDelivery(delivery: Schemas['Delivery']): Fate {
  const isReport = delivery === 'delivered' || delivery === 'undelivered'
  const fate = isReport ? DELIVERY[delivery] : STATES[delivery]
  return fate ?? { mark: 'sent', label: humanize(delivery), tone: 'neutral' }
}

/** Null for what the lead wrote: it simply arrived. */
export function fateOf(text: TextFate): Fate | null {
  if (text.direction === 'in') return null
  const state = text.state ?? 'sent'
  const known = (state === 'sent' && DELIVERY[text.delivery_status ?? '']) || STATES[state]
  const fate: Fate = known || { mark: 'sent', label: humanize(state), tone: 'neutral' }
  const detail = text.error_message || (state === 'sent' ? undefined : holdWords(text.hold_reason))
  return detail ? { ...fate, detail } : fate
}
