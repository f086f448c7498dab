import type { Booking } from '@/api/bookings'
import type { Tone } from '@/components/ui/badge'

/** What came of a meeting, or how it stands. */
export function standingOf(meeting: Booking, now = Date.now()): { label: string; tone: Tone } {
  if (meeting.status === 'cancelled') return { label: 'Cancelled', tone: 'neutral' }
  if (meeting.status === 'moved') return { label: 'Moved', tone: 'neutral' }
  if (Date.parse(meeting.ends_at) < now) return { label: 'Over', tone: 'neutral' }
  return { label: 'Booked', tone: 'success' }
}

/** What a person should know of calendar and mail; empty while all is well. */
export function concernsOf(meeting: Booking): string[] {
  const concerns: string[] = []
  if (meeting.delivery_state === 'failed')
    concerns.push(`Not in the calendar: ${meeting.delivery_problem ?? ''}`.trim())
  else if (meeting.delivery_state === 'pending' && meeting.delivery_problem)
    concerns.push(`On its way to the calendar: ${meeting.delivery_problem}`)
  else if (meeting.delivery_problem) concerns.push(meeting.delivery_problem)
  if (meeting.invitation_state === 'failed')
    concerns.push(`Nobody was told: ${meeting.invitation_problem ?? ''}`.trim())
  else if (meeting.invitation_state === 'not_sent' && meeting.status === 'booked')
    concerns.push(`No invitation was sent. ${meeting.invitation_problem ?? ''}`.trim())
  return concerns
}

/** Times by the day on which they are in a zone. */
export function daysOf(starts: string[], timeZone: string): { day: string; times: { at: string; label: string }[] }[] {
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', timeZone })
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone })
  const days = new Map<string, { at: string; label: string }[]>()
  for (const at of starts) {
    const name = day.format(new Date(at))
    days.set(name, [...(days.get(name) ?? []), { at, label: clock.format(new Date(at)) }])
  }
  return [...days].map(([name, times]) => ({ day: name, times }))
}
