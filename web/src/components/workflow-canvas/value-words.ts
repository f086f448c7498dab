/** Values of parameters in words: `2 days`, `09:00–17:00 on weekdays`, `A 50 % · B 50 %`. */
import { formatNumber, humanize } from '@/lib/format'
import type { Data } from './outcomes'
import { isRecord } from './records'

const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']
const WORKDAYS = WEEK.slice(0, 5)
const WEEKEND = WEEK.slice(5)

const isSame = (days: string[], wanted: string[]) =>
  days.length === wanted.length && wanted.every((day) => days.includes(day))

/** On one line, without the braces that only say where a value comes from. */
export const plainText = (words: string): string => {
  const line = words.replaceAll(/\s+/g, ' ').trim()
  return /^\{\{[^{}]*\}\}$/.test(line) ? line.slice(2, -2).trim() : line
}

export const listed = (parts: (string | false | undefined)[], by = ', '): string => parts.filter(Boolean).join(by)

/** Days of the week; weekdays if nobody chose. */
export function daysWords(value: unknown): string {
  if (typeof value === 'string' && value) return plainText(value)
  const chosen = new Set(Array.isArray(value) && value.length > 0 ? value.map(String) : WORKDAYS)
  const days = WEEK.filter((day) => chosen.has(day))
  if (days.length === WEEK.length) return 'every day'
  if (isSame(days, WORKDAYS)) return 'weekdays'
  if (isSame(days, WEEKEND)) return 'weekends'
  return days.map((day) => humanize(day).slice(0, 3)).join(', ')
}

/** Hours of the day on days of the week: what waits and calls keep to. */
export function hoursWords(value: unknown): string {
  if (!isRecord(value)) return typeof value === 'string' ? plainText(value) : ''
  const days = daysWords(value.days)
  return `${String(value.start ?? '09:00')}–${String(value.end ?? '17:00')} ${days === 'every day' ? days : `on ${days}`}`
}

/** `1 day`, `2.5 hours`; empty if there is no amount. */
export function spanWords(amount: unknown, unit: unknown): string {
  if (amount === null || amount === undefined || amount === '') return ''
  const many = typeof unit === 'string' && unit ? unit : 'days'
  return `${typeof amount === 'string' ? plainText(amount) : String(amount)} ${amount === 1 ? many.replace(/s$/, '') : many}`
}

/** What part of the leads each variant gets. */
export function shareWords(variants: Data[]): string {
  const weights = variants.map(({ weight }) => (typeof weight === 'number' ? weight : 1))
  const all = weights.reduce((sum, weight) => sum + weight, 0)
  const name = ({ label, name }: Data) => String(label || humanize(String(name ?? '')))
  return variants
    .map((variant, at) => `${name(variant)} ${formatNumber(all > 0 ? ((weights[at] ?? 0) / all) * 100 : 0)} %`)
    .join(' · ')
}

const isHours = (value: Data) => 'start' in value && 'end' in value

/** Anything that a parameter can hold. */
export function valueWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) {
    const items = value.filter(isRecord)
    if (items.length > 0 && items.every((item) => 'weight' in item)) return shareWords(items)
    const words = value.map(valueWords)
    return items.length > 1 ? words.join('\n') : words.join(', ')
  }
  return isRecord(value) ? recordWords(value) : String(value)
}

function recordWords(value: Data): string {
  if (isHours(value)) return hoursWords(value)
  const called = String(value.label || value.title || humanize(String(value.name ?? '')))
  if ('condition' in value) return `${called}: if ${valueWords(value.condition) || '…'}`
  if ('field' in value) return `${humanize(String(value.field))} = ${said(value.value)}`
  if ('name' in value && 'value' in value && !('type' in value)) return `${String(value.name)} = ${said(value.value)}`
  if ('channel' in value && 'address' in value) return String(value.address)
  if ('type' in value && called) return `${called} (${String(value.type)})`
  if (called) return called
  return Object.entries(value)
    .map(([name, one]) => `${humanize(name)}: ${said(one)}`)
    .join(', ')
}

const said = (value: unknown): string => (typeof value === 'string' ? plainText(value) || 'nothing' : valueWords(value))
