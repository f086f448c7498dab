import type { WorkingHours } from '@/api/calendars'

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
export type Weekday = (typeof WEEKDAYS)[number]
export interface Period {
  start: string
  end: string
}
export type Hours = Record<Weekday, Period[]>

export const OFFICE: Period = { start: '09:00', end: '17:00' }
const MIDNIGHT = '24:00'

/** Every day with its periods. */
export const hoursOf = (hours: WorkingHours): Hours =>
  Object.fromEntries(WEEKDAYS.map((day) => [day, (hours[day] ?? []).map((one) => ({ ...one }))])) as Hours

export const officeHours = (): Hours =>
  Object.fromEntries(WEEKDAYS.map((day, index) => [day, index < 5 ? [{ ...OFFICE }] : []])) as Hours

/** A browser knows no 24:00; where a day ends, its 00:00 is meant. */
export const endFromInput = (value: string): string => (value === '00:00' ? MIDNIGHT : value)
export const endToInput = (value: string): string => (value === MIDNIGHT ? '00:00' : value)

/** What is wrong with a day's periods; undefined if nothing is. */
export function problemOf(periods: Period[]): string | undefined {
  for (const [index, { start, end }] of periods.entries()) {
    if (!start || !end) return 'Enter both times.'
    if (end <= start) return `${start} is not before ${end}.`
    const before = periods[index - 1]
    if (before && start < before.end) return `${start} is before the end of the period before it.`
  }
  return undefined
}

/** Another period of a day: an hour after the last one, as long as there is room. */
export function nextPeriod(periods: Period[]): Period | null {
  const last = periods.at(-1)
  if (!last) return { ...OFFICE }
  const hour = Number(last.end.slice(0, 2)) + 1
  if (hour > 22 || Number.isNaN(hour)) return null
  const clock = (at: number) => `${String(at).padStart(2, '0')}:00`
  return { start: clock(hour), end: clock(Math.min(hour + 4, 24)) }
}

/** A week in one line: `Mon–Fri 09:00–17:00`. */
export function summaryOf(hours: Hours): string {
  const words = (day: Weekday) => hours[day].map((one) => `${one.start}–${one.end}`).join(', ')
  const name = (day: Weekday) => day[0]?.toUpperCase() + day.slice(1, 3)
  const runs: { from: Weekday; to: Weekday; said: string }[] = []
  for (const day of WEEKDAYS) {
    const said = words(day)
    const last = runs.at(-1)
    if (last && last.said === said && WEEKDAYS.indexOf(last.to) === WEEKDAYS.indexOf(day) - 1) last.to = day
    else runs.push({ from: day, to: day, said })
  }
  const worked = runs.filter((run) => run.said)
  if (worked.length === 0) return 'No working hours'
  return worked
    .map((run) => `${run.from === run.to ? name(run.from) : `${name(run.from)}–${name(run.to)}`} ${run.said}`)
    .join(' · ')
}
