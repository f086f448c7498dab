/** A node's JSON Schema as the fields of a form. */

import { labelOf } from '@/components/workflow-canvas/labels'
import { isRecord } from '@/components/workflow-canvas/records'
import { humanize } from '@/lib/format'

type Schema = Record<string, unknown>

export type FieldKind =
  | 'text'
  | 'long'
  | 'condition'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'choices'
  | 'date'
  | 'datetime'
  | 'time'
  | 'words'
  | 'list'
  | 'map'
  | 'group'
  | 'json'

export interface FormField {
  name: string
  label: string
  hint: string
  kind: FieldKind
  isRequired: boolean
  /** It may be left empty, which is stored as nothing. */
  isNullable: boolean
  /** Of a list: each item is. */
  isInteger: boolean
  default: unknown
  minimum?: number | undefined
  maximum?: number | undefined
  mostCharacters?: number | undefined
  mostItems?: number | undefined
  choices: { value: string; label: string }[]
  /** What the choices are read from: `agents`, `lists` … */
  options?: string | undefined
  /** What a number counts: `seconds`. */
  unit?: string | undefined
  /** False where what stands in braces stays as it is. */
  takesExpressions: boolean
  /** Fields of each item of a list, or of a group. */
  fields: FormField[]
}

/** Parameters that every step has; they are not shown among its own. */
export const POLICY = new Set(['label', 'notes', 'disabled', 'timeout_seconds', 'retries'])

/** The fields of an object's schema, in its order. */
export function fieldsOf(schema: unknown, root: unknown = schema): FormField[] {
  if (!isRecord(schema) || !isRecord(schema.properties)) return []
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries(schema.properties)
    .filter((entry): entry is [string, Schema] => isRecord(entry[1]) && entry[1]['x-hidden'] !== true)
    .map(([name, property]) => fieldOf(name, property, required.includes(name), isRecord(root) ? root : {}))
}

function fieldOf(name: string, property: Schema, isRequired: boolean, root: Schema): FormField {
  const { schema, isNullable } = plainest(property, root)
  const items = isRecord(schema.items) ? plainest(schema.items, root).schema : {}
  const kind = kindOf(schema, items)
  return {
    name,
    label: labelOf(name, text(property.title)),
    hint: plain(text(property.description) || text(schema.description)),
    kind,
    isRequired,
    isNullable,
    isInteger: (schema.type === 'array' ? items.type : schema.type) === 'integer',
    default: property.default ?? schema.default,
    minimum: number(schema.minimum) ?? number(schema.exclusiveMinimum),
    maximum: number(schema.maximum) ?? number(schema.exclusiveMaximum),
    mostCharacters: number(schema.maxLength),
    mostItems: number(schema.maxItems),
    choices: choicesOf(kind === 'choices' ? items : schema),
    options: text(property['x-options']) || text(schema['x-options']) || text(items['x-options']) || undefined,
    unit: text(property['x-unit']) || text(schema['x-unit']) || undefined,
    takesExpressions: schema['x-expressions'] !== false,
    fields: kind === 'list' ? fieldsOf(items, root) : kind === 'group' ? fieldsOf(schema, root) : [],
  }
}

const LONG = 200

function kindOf(schema: Schema, items: Schema): FieldKind {
  if (Array.isArray(schema.enum) || 'const' in schema) return 'choice'
  switch (schema.type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'number':
      return 'number'
    case 'array':
      if (isRecord(items.properties)) return 'list'
      if (Array.isArray(items.enum)) return 'choices'
      return items.type === 'string' || items.type === 'integer' || items['x-options'] ? 'words' : 'json'
    case 'object':
      if (isRecord(schema.properties)) return 'group'
      return 'map'
    case 'string':
      return textKind(schema)
    default:
      return 'json'
  }
}

const FORMATS: Record<string, FieldKind> = {
  condition: 'condition',
  date: 'date',
  'date-time': 'datetime',
  time: 'time',
  textarea: 'long',
  multiline: 'long',
}

function textKind(schema: Schema): FieldKind {
  const format = FORMATS[text(schema['x-format'])] ?? FORMATS[text(schema.format)]
  if (format) return format
  return (number(schema.maxLength) ?? 0) > LONG ? 'long' : 'text'
}

/** Follows references, and leaves out "or null" and "or an expression". */
function plainest(property: Schema, root: Schema): { schema: Schema; isNullable: boolean } {
  const schema = followed(property, root)
  const variants = Array.isArray(schema.anyOf) ? schema.anyOf : Array.isArray(schema.oneOf) ? schema.oneOf : null
  if (!variants) return { schema, isNullable: false }
  const known = variants.filter(isRecord).map((variant) => followed(variant, root))
  const real = known.filter((variant) => variant.type !== 'null')
  const typed = real.find((variant) => variant.type !== 'string') ?? real[0] ?? {}
  const { anyOf: _, oneOf: __, ...own } = schema
  return { schema: { ...typed, ...own }, isNullable: known.length > real.length }
}

function followed(schema: Schema, root: Schema): Schema {
  const all =
    Array.isArray(schema.allOf) && schema.allOf.length === 1 && isRecord(schema.allOf[0]) ? schema.allOf[0] : {}
  const reference = text(schema.$ref) || text(all.$ref)
  if (!reference) return schema
  const name = reference.replace('#/$defs/', '')
  const found = isRecord(root.$defs) && isRecord(root.$defs[name]) ? root.$defs[name] : {}
  const { $ref: _, allOf: __, ...own } = schema
  return { ...found, ...own }
}

function choicesOf(schema: Schema): { value: string; label: string }[] {
  const values = Array.isArray(schema.enum) ? schema.enum : 'const' in schema ? [schema.const] : []
  const labels = isRecord(schema['x-labels']) ? schema['x-labels'] : {}
  return values.map((value) => ({
    value: String(value),
    label: text(labels[String(value)]) || humanize(String(value)) || '–',
  }))
}

/** An item of a list as it begins: what must be there, empty. */
export function emptyItem(fields: FormField[]): Record<string, unknown> {
  const filled = fields.filter((field) => field.isRequired && field.default === undefined)
  return Object.fromEntries(
    filled.map((field) => [field.name, EMPTY_VALUES[field.kind] ?? field.choices[0]?.value ?? '']),
  )
}

const EMPTY_VALUES: Partial<Record<FieldKind, unknown>> = {
  number: 0,
  boolean: false,
  words: [],
  choices: [],
  list: [],
  map: {},
  group: {},
  json: null,
}

const EXPRESSION = /\{\{.*\}\}/s

/** True if the value is worked out when the step runs. */
export const isExpression = (value: unknown): value is string => typeof value === 'string' && EXPRESSION.test(value)

/** Descriptions are Markdown with emphasis only. */
export const plain = (markdown: string): string => markdown.replaceAll(/\*\*|`/g, '')

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
