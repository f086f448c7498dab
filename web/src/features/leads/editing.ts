import type { LeadDetail, LeadPatch } from '@/api/leads'

export type EditableField = Exclude<keyof LeadPatch, 'attributes' | 'notes' | 'version'>

interface FieldDefinition {
  name: EditableField
  label: string
  type?: 'tel' | 'email' | 'number'
  choices?: readonly string[]
  hint?: string
}

export const FIELDS: FieldDefinition[] = [
  { name: 'name', label: 'Name' },
  { name: 'phone', label: 'Phone', type: 'tel' },
  { name: 'email', label: 'E-mail', type: 'email' },
  { name: 'company', label: 'Company' },
  { name: 'title', label: 'Title' },
  { name: 'industry', label: 'Industry' },
  { name: 'company_size', label: 'Company size' },
  { name: 'street', label: 'Street' },
  { name: 'city', label: 'City' },
  { name: 'region', label: 'State or province' },
  { name: 'postal_code', label: 'Postal code' },
  { name: 'country', label: 'Country', hint: 'A name or a code, as in US.' },
  {
    name: 'time_zone',
    label: 'Time zone',
    hint: 'As in America/Chicago. Without one it follows from number and address.',
  },
  { name: 'language', label: 'Language', hint: 'As in en or es-MX.' },
  { name: 'source', label: 'Source' },
  { name: 'score', label: 'Score', type: 'number', hint: '0 to 100.' },
  { name: 'tier', label: 'Tier', choices: ['A', 'B', 'C', 'D'] },
]

/** What a field's text means for the API: null empties it, the name is emptied by an empty text. */
export function patchOf(field: EditableField | 'notes', text: string): Partial<LeadPatch> {
  const value = text.trim()
  if (field === 'name') return { name: value }
  if (field === 'score') return { score: value === '' ? null : Number(value) }
  return { [field]: value === '' ? null : value }
}

/** The patch that brings back what was. */
export const undoPatch = (lead: LeadDetail, field: EditableField | 'notes'): Partial<LeadPatch> =>
  patchOf(field, String(lead[field] ?? ''))

export type Scalar = string | number | boolean | null

/** An attribute's text as a JSON scalar: numbers, true and false as such, `"42"` in quotes as a text. */
export function scalarOf(text: string): Scalar {
  const value = text.trim()
  if (/^(true|false)$/.test(value)) return value === 'true'
  if (/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(value) && Number.isFinite(Number(value)))
    // Digits that a number can't hold stay a text: account numbers must not be rounded.
    return /^-?\d+$/.test(value) && !Number.isSafeInteger(Number(value)) ? value : Number(value)
  if (/^".*"$/s.test(value)) {
    try {
      const parsed: unknown = JSON.parse(value)
      if (typeof parsed === 'string') return parsed
    } catch {
      return value
    }
  }
  return value
}

/** The attribute that holds a lead's tags: words, written with commas between them. */
export const TAGS = 'tags'

/** An attribute's text as what it is stored as; of tags the server makes a list. */
export const attributeValue = (name: string, text: string): Scalar => (name === TAGS ? text.trim() : scalarOf(text))

/** The text of an attribute, from which `attributeValue` reads the same value. */
export const attributeText = (name: string, value: unknown): string =>
  name === TAGS && Array.isArray(value) ? value.join(', ') : textOf(value)

/** The text from which `scalarOf` reads the same value. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return scalarOf(value) === value ? value : JSON.stringify(value)
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')
}

const ATTRIBUTE_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]*$/u
const LONGEST_NAME = 100

/** What is wrong with the name of a new attribute. */
export function attributeProblem(name: string, taken: Record<string, unknown>): string | undefined {
  if (!name) return undefined
  if (!ATTRIBUTE_NAME.test(name) || name.length > LONGEST_NAME)
    return 'Use letters, digits, spaces, “_”, “-” and “.”, and begin with a letter or digit.'
  return Object.hasOwn(taken, name) ? 'There is such an attribute already; change its value instead.' : undefined
}
