/** A thread as it is read: texts, notes and events in the order of time, by day. */
import type { Decision, Message, Note, Sending, Suppression } from '@/api/conversations'
import { PERSON_REASONS } from '@/components/conversation/person-reasons'
import { formatDateTime, humanize } from '@/lib/format'

export type Entry =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'message'; key: string; at: string; message: Message; isContinued: boolean }
  | { kind: 'sending'; key: string; at: string; body: string }
  | { kind: 'note'; key: string; at: string; note: Note }
  | { kind: 'event'; key: string; at: string; tone: 'neutral' | 'danger' | 'success'; text: string }

export interface ThreadParts {
  /** As the API gives them, newest first; perhaps only the latest pages. */
  messages: Message[]
  hasOlder: boolean
  notes: Note[]
  decisions: Decision[]
  optOuts: Suppression[]
  /** Texts that are on their way to the server. */
  sending: Sending[]
}

/** Texts of one author within this time read as one. */
const CONTINUED_MS = 5 * 60_000

const OPT_OUTS: Record<Suppression['reason'], string> = {
  stop: 'Opted out',
  carrier: 'Opted out at the carrier',
  wrong_number: 'Marked as a wrong number',
  invalid: 'Number can not receive texts',
  complaint: 'Complained',
  manual: 'Put on the do-not-contact list',
  import: 'Put on the do-not-contact list by an import',
}

/** How the API names a person who asked for it themselves, by START. */
const BY_TEXT = 'inbound text'
const MOMENT_MS = 5_000

/** The text that lifted an opt-out is kept a moment after it took effect. */
function isRightAfter(message: Message, at: string | null): boolean {
  const delay = at === null ? -1 : Date.parse(message.created_at) - Date.parse(at)
  return message.direction === 'in' && delay >= 0 && delay < MOMENT_MS
}

/** An opt-out takes effect a moment before its text is kept; it is read after it. */
function eventsOf(optOut: Suppression, messages: Message[]): Entry[] {
  const wish = messages.find((message) => message.id === optOut.message_id)
  const said = optOut.evidence ? `: “${optOut.evidence}”` : ''
  const began: Entry = {
    kind: 'event',
    key: `suppressed-${optOut.id}`,
    at: wish ? wish.created_at : optOut.created_at,
    tone: 'danger',
    text: `${OPT_OUTS[optOut.reason] ?? humanize(optOut.reason)}${said}`,
  }
  if (!optOut.lifted_at) return [began]
  const isOwnWish = optOut.lifted_by === BY_TEXT
  const again = isOwnWish ? messages.findLast((message) => isRightAfter(message, optOut.lifted_at)) : undefined
  const lifted: Entry = {
    kind: 'event',
    key: `lifted-${optOut.id}`,
    at: again?.created_at ?? optOut.lifted_at,
    tone: 'success',
    text: isOwnWish || !optOut.lifted_by ? 'May be texted again' : `${optOut.lifted_by} allowed texts again`,
  }
  return [began, lifted]
}

/** What a decision says in a thread. */
function decisionWords({ decision, actor, detail }: Decision): string {
  const who = actor ?? 'The agent'
  switch (decision) {
    case 'taken_over':
      return `${who} took over from the agent`
    case 'handed_back':
      return `${who} handed back to the agent`
    case 'handed_over': {
      const reason = PERSON_REASONS[detail as keyof typeof PERSON_REASONS]
      return `Left to a person${reason ? `: ${reason}` : ''}`
    }
    case 'assigned':
      return detail === actor ? `${who} took it on` : `${who} assigned it to ${detail}`
    case 'unassigned':
      return detail === actor ? `${who} gave it up` : `${who} took it from ${detail}`
    case 'meeting_booked':
      return `${who} booked a meeting: ${formatDateTime(detail)}`
    case 'meeting_moved':
      return `${who} moved the meeting to ${formatDateTime(detail)}`
    case 'meeting_cancelled':
      return `${who} cancelled the meeting of ${formatDateTime(detail)}`
    case 'snoozed':
      return `${who} snoozed it until ${formatDateTime(detail)}`
    default:
      return `${who} ${humanize(decision).toLowerCase()} it`
  }
}

const decisionEvent = (decision: Decision): Entry => ({
  kind: 'event',
  key: `decision-${decision.id}`,
  at: decision.created_at,
  tone: 'neutral',
  text: decisionWords(decision),
})

const dayOf = (at: string): string => new Date(at).toDateString()
const time = (entry: Entry): number => Date.parse(entry.at)

/** Everything to show, oldest first. What is older than the oldest loaded text waits until that is loaded. */
export function entriesOf({ messages, hasOlder, notes, decisions, optOuts, sending }: ThreadParts): Entry[] {
  const texts: Entry[] = messages.toReversed().map((message) => ({
    kind: 'message',
    key: `message-${message.id}`,
    at: message.created_at,
    message,
    isContinued: false,
  }))
  const beginning = hasOlder && texts[0] ? time(texts[0]) : Number.NEGATIVE_INFINITY
  const others: Entry[] = [
    ...notes.map((note): Entry => ({ kind: 'note', key: `note-${note.id}`, at: note.created_at, note })),
    ...decisions.map(decisionEvent),
    ...optOuts.flatMap((optOut) => eventsOf(optOut, messages)),
  ]
  const shown = others.filter((entry) => time(entry) >= beginning)
  // Sorting is stable: texts of one moment stay in the order of their ids.
  const all = [...texts, ...shown].sort((one, other) => time(one) - time(other))
  const onTheirWay = sending.map(
    ({ body, at }, index): Entry => ({ kind: 'sending', key: `sending-${at}-${index}`, at, body }),
  )
  return withDays(markContinued([...all, ...onTheirWay]))
}

function markContinued(entries: Entry[]): Entry[] {
  return entries.map((entry, index) => {
    const before = entries[index - 1]
    if (entry.kind !== 'message' || before?.kind !== 'message') return entry
    const isContinued =
      entry.message.author === before.message.author &&
      entry.message.author_name === before.message.author_name &&
      entry.message.direction === before.message.direction &&
      dayOf(entry.at) === dayOf(before.at) &&
      time(entry) - time(before) < CONTINUED_MS
    return { ...entry, isContinued }
  })
}

function withDays(entries: Entry[]): Entry[] {
  return entries.flatMap((entry, index) => {
    const before = entries[index - 1]
    const isNewDay = !before || dayOf(before.at) !== dayOf(entry.at)
    return isNewDay ? [{ kind: 'day', key: `day-${dayOf(entry.at)}`, at: entry.at } as const, entry] : [entry]
  })
}

const longDay = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long' })
const longDayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })

/** `Today`, `Yesterday`, `Monday 4 May`, `4 May 2024`. */
export function dayWords(at: string, now = new Date()): string {
  const when = new Date(at)
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (when.toDateString() === now.toDateString()) return 'Today'
  if (when.toDateString() === yesterday.toDateString()) return 'Yesterday'
  return when.getFullYear() === now.getFullYear() ? longDay.format(when) : longDayOfYear.format(when)
}
