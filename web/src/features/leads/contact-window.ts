import type { Schemas } from '@/api/client'

/** The clock in every zone that the person may be in, each time once: `10:24` or `09:24 – 10:24`. */
export function localTimes(zones: string[], now: Date): string {
  const times = zones.map((timeZone) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(now),
  )
  const each = [...new Set(times)].sort()
  return each.length > 1 ? `${each[0]} – ${each.at(-1)}` : (each[0] ?? '')
}

/** Whether the lead may be texted, in the lead's time. */
export function windowText(
  { is_open, opens_at, closes_at }: Schemas['ContactWindow'],
  timeZone: string | undefined,
  now: Date,
): string {
  const zone = timeZone ? { timeZone } : {}
  const write = (moment: string) => {
    const when = new Date(moment)
    const dayOf = (date: Date) => date.toLocaleDateString('sv', zone)
    const weekday = dayOf(when) === dayOf(now) ? {} : ({ weekday: 'short' } as const)
    return new Intl.DateTimeFormat('en-GB', { ...zone, ...weekday, hour: '2-digit', minute: '2-digit' }).format(when)
  }
  if (is_open) return closes_at ? `may be texted now, until ${write(closes_at)}` : 'may be texted now'
  return opens_at ? `may be texted from ${write(opens_at)}` : 'no hour is allowed in all places the lead may be in'
}
