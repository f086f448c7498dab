import type { ImportOptions, ImportPreview, ImportReport, PreviewColumn, PreviewRow } from '@/api/imports'
import { formatNumber, humanize } from '@/lib/format'

/** Columns that the caller decided about, by their name in the file; null leaves one out. */
export type Choices = Record<string, string | null>

export const ATTRIBUTE = 'attributes.'

const LABELS: Record<string, string> = {
  email: 'E-mail',
  time_zone: 'Time zone',
  postal_code: 'Postal code',
  region: 'State or province',
  consent_sms: 'Consent: texts',
  consent_voice: 'Consent: calls',
  consent_email: 'Consent: e-mail',
  consent_channel: 'Consent: channel',
  consent_kind: 'Consent: kind',
  consent_method: 'Consent: how given',
  consent_source: 'Consent: where given',
  consent_at: 'Consent: date',
  do_not_contact: 'Do not contact',
}

export const fieldLabel = (field: string): string =>
  field.startsWith(ATTRIBUTE) ? field.slice(ATTRIBUTE.length) : (LABELS[field] ?? humanize(field))

const REASONS: Record<PreviewColumn['by'], string> = {
  choice: 'You chose it',
  name: 'Known by its name',
  content: 'Recognised by its values',
  attribute: 'Kept as a custom field',
  'left out': 'Left out',
}

/** Why a column was mapped as it is. */
export const whyMapped = (by: PreviewColumn['by']): string => REASONS[by]

/** The custom field that a column becomes. */
export function attributeOf(name: string): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
  return `${ATTRIBUTE}${plain || 'column'}`
}

/** Two choices for one field; several phone columns are fine, the first that holds a valid number wins. */
export function clashes(choices: Choices): Record<string, string> {
  const problems: Record<string, string> = {}
  const first = new Map<string, string>()
  for (const [column, target] of Object.entries(choices)) {
    if (!target || target === 'phone') continue
    const other = first.get(target)
    if (other)
      problems[column] = `“${other}” fills ${fieldLabel(target)} already. Choose another field for one of them.`
    else first.set(target, column)
  }
  return problems
}

/** Which cells of a sample row are the reason of its verdict. */
export function troubledCells(row: PreviewRow, columns: PreviewColumn[]): Set<number> {
  const fields = row.reason.split('; ').map((reason) => /^[\w.]+/.exec(reason)?.[0] ?? '')
  const indexes = columns.flatMap((column, index) => (column.target && fields.includes(column.target) ? [index] : []))
  if (indexes.length === 0 && row.verdict === 'rejected')
    return new Set(columns.flatMap((column, index) => (/^(phone|email)$/.test(column.target ?? '') ? [index] : [])))
  return new Set(indexes)
}

/** What would become of the sample: `8 of the first 10 rows become leads`. */
export function sampleVerdict(preview: Pick<ImportPreview, 'rows'>): string {
  const rejected = preview.rows.filter((row) => row.verdict === 'rejected').length
  const shown = preview.rows.length
  const good = `${formatNumber(shown - rejected)} of the first ${formatNumber(shown)} rows become leads`
  return rejected ? `${good}; ${formatNumber(rejected)} would be rejected` : good
}

/** Only what was decided, so that the rest is found out from the file. */
export function optionsOf(given: Partial<ImportOptions>, choices: Choices): Partial<ImportOptions> {
  const decided = Object.entries(given).filter(([, value]) => value !== undefined && value !== '' && value !== null)
  return { ...Object.fromEntries(decided), ...(Object.keys(choices).length > 0 && { columns: choices }) }
}

/** So much of a large text file is enough for its preview. */
const HEAD = 1024 * 1024
const LINE_FEED = 10

/** The file itself, or its first whole lines: a preview should not send hundreds of megabytes. */
export async function headOf(file: File, most = HEAD): Promise<File> {
  if (file.size <= most || /\.xlsx$/i.test(file.name)) return file
  const bytes = new Uint8Array(await file.slice(0, most).arrayBuffer())
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)
  const end = bytes.lastIndexOf(LINE_FEED) + 1
  const cut = isWide ? end + (end % 2) : end
  return new File([bytes.slice(0, cut || most)], file.name, { type: file.type })
}

/** Rows and bytes of an import at a moment. */
export interface Moment {
  at: number
  rows: number
  bytes: number
}

/** The rate is that of the latest seconds: files differ in their parts, and machines in their work. */
const WINDOW_MS = 15_000

export const remember = (moments: Moment[], now: Moment): Moment[] => [
  ...moments.filter((moment) => now.at - moment.at <= WINDOW_MS && moment.rows <= now.rows),
  now,
]

interface Progress {
  /** 0–100. */
  percent: number
  /** Rows per second; null until there are two moments. */
  rate: number | null
  secondsLeft: number | null
}

export function progressOf(
  report: Pick<ImportReport, 'done_bytes' | 'total_bytes' | 'status'>,
  moments: Moment[],
): Progress {
  const percent =
    report.status === 'completed' ? 100 : Math.min(100, (100 * report.done_bytes) / Math.max(report.total_bytes, 1))
  const [first, last] = [moments[0], moments.at(-1)]
  const seconds = first && last ? (last.at - first.at) / 1000 : 0
  if (!first || !last || seconds <= 0) return { percent, rate: null, secondsLeft: null }
  const bytesPerSecond = (last.bytes - first.bytes) / seconds
  return {
    percent,
    rate: (last.rows - first.rows) / seconds,
    secondsLeft: bytesPerSecond > 0 ? (report.total_bytes - report.done_bytes) / bytesPerSecond : null,
  }
}

/** Custom fields that an import filled. */
export function customFields(detected: Record<string, unknown>): string[] {
  const columns = Array.isArray(detected.columns) ? detected.columns : []
  return columns
    .map((column: { target?: unknown }) => column?.target)
    .filter((target): target is string => typeof target === 'string' && target.startsWith(ATTRIBUTE))
    .map((target) => target.slice(ATTRIBUTE.length))
}

const UNITS = ['B', 'KB', 'MB', 'GB']

export function formatBytes(bytes: number): string {
  let [size, unit] = [bytes, 0]
  while (size >= 1024 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1]
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`
}

/** A file with which the columns can be tried out; the numbers are reserved for fiction. */
export const SAMPLE_FILE = [
  'Name,Phone,E-mail,Company,Job title,City,State,SMS consent,Plan',
  'Ana Silva,+1 202 555 0143,ana@harbor.example,Harbor Dental,Owner,Washington,DC,written,gold',
  'Ben Okafor,(312) 555-0199,ben@lakeside.example,Lakeside Solar,Sales manager,Chicago,IL,express,silver',
  'Chloe Martin,512.555.0177,,Martin Landscaping,Owner,Austin,TX,,',
].join('\r\n')
