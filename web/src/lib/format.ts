/** How figures, money and times are written, everywhere the same. */

const whole = new Intl.NumberFormat('en-US')
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 })
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })
const dateTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

export const NONE = '–'

export const formatNumber = (value: number | null | undefined): string => (value == null ? NONE : whole.format(value))

/** 12,345 stays as it is; 1,234,567 becomes 1.2M. */
export const formatCompact = (value: number): string =>
  Math.abs(value) < 100_000 ? whole.format(value) : compact.format(value)

export const formatPercent = (value: number | null | undefined, digits = 1): string =>
  value == null ? NONE : `${value.toFixed(digits).replace(/\.0+$/, '')} %`

/** US dollars; small amounts keep the digits that make them different from nothing. */
export function formatMoney(value: number | string | null | undefined): string {
  if (value == null) return NONE
  const amount = Number(value)
  const size = Math.abs(amount)
  // A short call of a small model costs a few millionths.
  const digits = size === 0 || size >= 0.1 ? 2 : size >= 0.001 ? 4 : Math.min(8, Math.ceil(-Math.log10(size)) + 1)
  return new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: 'USD',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(amount)
}

export function formatDuration(seconds: number | null | undefined): string {
  if (seconds == null) return NONE
  if (seconds < 1) return 'under a second'
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return `${Math.round(hours / 24)} days`
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
}

export const formatDateTime = (value: string | null | undefined): string =>
  value ? dateTime.format(new Date(value)) : NONE

const DAY_ALONE = /^\d{4}-\d{2}-\d{2}$/

/** The day of a moment here; a day of the calendar is that day everywhere. */
export const formatDay = (value: string): string =>
  day.format(new Date(DAY_ALONE.test(value) ? `${value}T12:00` : value))

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['second', 60],
  ['minute', 60],
  ['hour', 24],
  ['day', 30],
  ['month', 12],
  ['year', Number.POSITIVE_INFINITY],
]

/** `just now`, `5 min ago`, `yesterday`. */
export function formatAgo(value: string | null | undefined, now = Date.now()): string {
  if (!value) return NONE
  let amount = (new Date(value).getTime() - now) / 1000
  if (Math.abs(amount) < 45) return 'just now'
  for (const [unit, size] of STEPS) {
    if (Math.abs(Math.round(amount)) < size) return relative.format(Math.round(amount), unit)
    amount /= size
  }
  return formatDateTime(value)
}

/** The clock today, the day otherwise: for narrow columns. */
export function formatShortTime(value: string | null | undefined, now = new Date()): string {
  if (!value) return ''
  const when = new Date(value)
  return when.toDateString() === now.toDateString() ? clock.format(when) : day.format(when)
}

const NANP = /^\+1(\d{3})(\d{3})(\d{4})$/

/** A number as people write it: `+1 (202) 555-0143`. */
export function formatPhone(phone: string | null | undefined): string {
  if (!phone) return NONE
  const parts = NANP.exec(phone)
  return parts ? `+1 (${parts[1]}) ${parts[2]}-${parts[3]}` : phone
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words
  return letters.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('') || '?'
}

/** `in_progress` → `In progress`. */
export const humanize = (word: string): string => {
  const text = word.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const OFFLINE = /^offline(:|$)/

/** A model as people name it; those with a provider keep `provider:model`. */
export const modelName = (name: string): string => (OFFLINE.test(name) ? 'Offline model' : name)

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatNumber(count)} ${count === 1 ? one : many}`
