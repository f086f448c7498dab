import type { TimelineEntry } from '@/api/leads'
import { CHANNEL_NAMES } from '@/components/lead-filter/filters'
import { formatDateTime, humanize } from '@/lib/format'

export interface Day {
  /** The calendar day here, as in `2026-11-21`. */
  day: string
  entries: TimelineEntry[]
}

/** Entries by the day on which they happened here; the order stays. */
export function byDay(entries: TimelineEntry[]): Day[] {
  const days: Day[] = []
  for (const entry of entries) {
    const day = new Date(entry.at).toLocaleDateString('sv')
    const last = days.at(-1)
    if (last?.day === day) last.entries.push(entry)
    else days.push({ day, entries: [entry] })
  }
  return days
}

const textIn = (data: TimelineEntry['data'], name: string): string => {
  const value = data[name]
  return typeof value === 'string' ? value : ''
}

const AUTHORS: Record<string, string> = {
  workflow: 'Text of the campaign',
  agent: 'Text by the agent',
  person: 'Text by a person',
  system: 'Automatic answer',
}

const byWhom = (name: string): string => (name === 'agent' ? 'by the agent' : `by ${name}`)

/** An entry in one line. */
export function titleOf({ kind, data }: TimelineEntry): string {
  const channel = CHANNEL_NAMES[textIn(data, 'channel') as keyof typeof CHANNEL_NAMES]?.toLowerCase() ?? 'contact'
  switch (kind) {
    case 'text_in':
      return 'Text from the lead'
    case 'text_out':
      return AUTHORS[textIn(data, 'author')] ?? 'Text to the lead'
    case 'campaign':
      return `Campaign “${textIn(data, 'name')}”`
    case 'consent':
      return `Agreed to ${channel}`
    case 'consent_revoked':
      return `No longer agrees to ${channel}`
    case 'suppressed':
      return 'Must not be contacted any more'
    case 'suppression_lifted':
      return 'May be contacted again'
    case 'meeting_booked':
      return `Meeting booked: ${textIn(data, 'title')}`
    case 'meeting_moved':
      return `Meeting moved: ${textIn(data, 'title')}`
    case 'meeting_cancelled':
      return `Meeting cancelled: ${textIn(data, 'title')}`
    case 'imported':
      return 'Imported'
    default:
      return 'Added'
  }
}

/** What is to be said besides. */
export function detailOf({ kind, data }: TimelineEntry): string {
  const words = (...names: string[]) => names.map((name) => textIn(data, name)).filter(Boolean)
  switch (kind) {
    case 'text_out':
      return [humanize(textIn(data, 'delivery_status') || textIn(data, 'state')), ...words('error', 'reason')]
        .filter(Boolean)
        .join(' · ')
    case 'campaign':
      return [humanize(textIn(data, 'status')), ...words('skip_reason').map(humanize), ...words('error')].join(' · ')
    case 'consent':
      return [humanize(textIn(data, 'kind')), ...words('method', 'source')].join(' · ')
    case 'suppressed':
      return [humanize(textIn(data, 'reason')), ...words('evidence')].join(' · ')
    case 'suppression_lifted':
      return textIn(data, 'by')
    case 'meeting_booked':
    case 'meeting_moved':
    case 'meeting_cancelled':
      return [formatDateTime(textIn(data, 'starts_at')), ...words('by').map(byWhom), ...words('reason')].join(' · ')
    case 'imported':
    case 'created':
      return words('file')
        .concat(words('file').length ? [] : words('source'))
        .join(' · ')
    default:
      return ''
  }
}

export const bodyOf = ({ data }: TimelineEntry): string => textIn(data, 'body')
