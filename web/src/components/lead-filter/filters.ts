import type { LeadFilter } from '@/api/leads'
import { formatNumber } from '@/lib/format'

/** A filter as an address or a form holds it: its parts under the API's names, days instead of moments; and the order. */
export interface FilterValues {
  search?: string | undefined
  list_id?: number | undefined
  tier?: string[] | undefined
  score_min?: number | undefined
  score_max?: number | undefined
  industry?: string[] | undefined
  company?: string | undefined
  country?: string | undefined
  region?: string[] | undefined
  source?: string[] | undefined
  has_phone?: boolean | undefined
  has_email?: boolean | undefined
  consent?: string | undefined
  import_id?: number | undefined
  created_from?: string | undefined
  created_to?: string | undefined
  attribute?: string[] | undefined
  sort?: string | undefined
}

export type FilterKey =
  | 'tier'
  | 'score'
  | 'industry'
  | 'company'
  | 'country'
  | 'region'
  | 'source'
  | 'has_phone'
  | 'has_email'
  | 'consent'
  | 'list_id'
  | 'import_id'
  | 'created'
  | 'attribute'

interface FilterDefinition {
  key: FilterKey
  label: string
  /** Which parameters of the address belong to it. */
  parameters: (keyof FilterValues)[]
}

export const FILTERS: FilterDefinition[] = [
  { key: 'tier', label: 'Tier', parameters: ['tier'] },
  { key: 'score', label: 'Score', parameters: ['score_min', 'score_max'] },
  { key: 'industry', label: 'Industry', parameters: ['industry'] },
  { key: 'company', label: 'Company', parameters: ['company'] },
  { key: 'country', label: 'Country', parameters: ['country'] },
  { key: 'region', label: 'Region', parameters: ['region'] },
  { key: 'source', label: 'Source', parameters: ['source'] },
  { key: 'has_phone', label: 'Phone', parameters: ['has_phone'] },
  { key: 'has_email', label: 'E-mail', parameters: ['has_email'] },
  { key: 'consent', label: 'Consent', parameters: ['consent'] },
  { key: 'list_id', label: 'List', parameters: ['list_id'] },
  { key: 'import_id', label: 'Import', parameters: ['import_id'] },
  { key: 'created', label: 'Added', parameters: ['created_from', 'created_to'] },
  { key: 'attribute', label: 'Attribute', parameters: ['attribute'] },
]

export const CHANNEL_NAMES = { sms: 'Texts', voice: 'Calls', email: 'E-mail' } as const
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A day of the calendar as the moment at which it begins here; the day after it for an end. */
function momentOf(day: string | undefined, daysLater = 0): string | undefined {
  if (!day || !DAY.test(day)) return undefined
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const moment = new Date(year, month - 1, date + daysLater)
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}

const percent = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.min(100, Math.max(0, Math.round(value)))

const isTier = (tier: string): tier is 'A' | 'B' | 'C' | 'D' => /^[ABCD]$/.test(tier)
const isChannel = (word: string | undefined): word is keyof typeof CHANNEL_NAMES => (word ?? '') in CHANNEL_NAMES
const filled = <T>(items: T[] | undefined): T[] | undefined => (items?.length ? items : undefined)

/** The API's filter; what makes no sense in the address is left out. Equal addresses give equal filters. */
export function filterOf(search: FilterValues): LeadFilter {
  const filter: LeadFilter = {
    search: search.search?.trim() || undefined,
    list_id: search.list_id,
    tier: filled(search.tier?.filter(isTier)),
    score_min: percent(search.score_min),
    score_max: percent(search.score_max),
    industry: filled(search.industry),
    company: search.company || undefined,
    country: search.country || undefined,
    region: filled(search.region),
    source: filled(search.source),
    has_phone: search.has_phone,
    has_email: search.has_email,
    consent: isChannel(search.consent) ? search.consent : undefined,
    import_id: search.import_id,
    created_from: momentOf(search.created_from),
    created_to: momentOf(search.created_to, 1),
    attribute: filled(search.attribute?.filter((pair) => /^[^:]+:/.test(pair)).slice(0, 10)),
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as LeadFilter
}

/** The day of the calendar here; of an end the day before, on which the last moment of the period lies. */
const dayOf = (moment: string, isEnd = false): string =>
  new Date(Date.parse(moment) - (isEnd ? 1 : 0)).toLocaleDateString('sv')

/** A filter of the API in the form in which it is edited. */
export function valuesOf(filter: LeadFilter): FilterValues {
  const { created_from, created_to, ...rest } = filter
  const values = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null && value !== undefined))
  return {
    ...(values as FilterValues),
    ...(created_from && { created_from: dayOf(created_from) }),
    ...(created_to && { created_to: dayOf(created_to, true) }),
  }
}

/** `filter` with the parts that were edited; the others stay as they are, to the second. */
export function withValues(filter: LeadFilter, edited: FilterValues): LeadFilter {
  const next: Record<string, unknown> = filterOf({ ...valuesOf(filter), ...edited })
  return { ...filter, ...Object.fromEntries(Object.keys(edited).map((name) => [name, next[name]])) }
}

/** True if every lead matches. */
export const isUnfiltered = (search: FilterValues): boolean => Object.keys(filterOf(search)).length === 0

export interface Chip {
  key: FilterKey
  label: string
  value: string
}

/** Names of things that the address knows by number only. */
export interface Names {
  list?: (id: number) => string | undefined
  importFile?: (id: number) => string | undefined
}

const some = (values: string[] | undefined): string =>
  !values?.length
    ? ''
    : values.length > 2
      ? `${values.slice(0, 2).join(', ')} +${values.length - 2}`
      : values.join(', ')

function range(from: string | undefined, to: string | undefined): string {
  if (from && to) return from === to ? from : `${from} – ${to}`
  return from ? `from ${from}` : to ? `up to ${to}` : ''
}

const figure = (value: number | undefined) => (value === undefined ? undefined : formatNumber(value))

function wordsOf(key: FilterKey, search: FilterValues, names: Names): string {
  switch (key) {
    case 'score':
      return range(figure(search.score_min), figure(search.score_max))
    case 'created':
      return range(search.created_from, search.created_to)
    case 'has_phone':
    case 'has_email':
      return search[key] === undefined ? '' : search[key] ? 'is there' : 'is missing'
    case 'consent':
      return isChannel(search.consent) ? CHANNEL_NAMES[search.consent] : ''
    case 'list_id':
      return search.list_id ? (names.list?.(search.list_id) ?? `${search.list_id}`) : ''
    case 'import_id':
      return search.import_id ? (names.importFile?.(search.import_id) ?? `${search.import_id}`) : ''
    case 'attribute':
      return some(search.attribute?.map((pair) => pair.replace(':', ' = ')))
    case 'company':
    case 'country':
      return search[key] ?? ''
    default:
      return some(search[key])
  }
}

/** The filters in force, in words. */
export const chipsOf = (search: FilterValues, names: Names = {}): Chip[] =>
  FILTERS.map(({ key, label }) => ({ key, label, value: wordsOf(key, search, names) })).filter((chip) => chip.value)

/** What the address must forget to lift a filter. */
export function without(key: FilterKey): FilterValues {
  const definition = FILTERS.find((filter) => filter.key === key)
  return Object.fromEntries(definition?.parameters.map((name) => [name, undefined]) ?? [])
}

/** The address without any filter; the order stays. */
export const onlySort = (search: FilterValues): FilterValues => (search.sort ? { sort: search.sort } : {})

/** One more value, or one less. */
export const toggled = (values: string[] | undefined, value: string): string[] | undefined =>
  filled(values?.includes(value) ? values.filter((other) => other !== value) : [...(values ?? []), value])

/** The address of the file with the leads that match. */
export function exportUrl(filter: LeadFilter): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(filter))
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  return `/api/leads/export.csv${query.size ? `?${query}` : ''}`
}
