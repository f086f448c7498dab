/** The form of an approval: its fields are data, so that schema and values are made of them. */
import { z } from 'zod'
import type { FormField } from '@/api/run-approvals'

/** As the controls hold them: words, or a tick. */
export type FormValues = Record<string, string | boolean>

const LONGEST_TEXT = 8000

function schemaOfField(field: FormField): z.ZodType<string | boolean, string | boolean> {
  if (field.type === 'boolean') return z.boolean()
  const filled = z
    .string()
    .trim()
    .max(LONGEST_TEXT, `At most ${LONGEST_TEXT} characters.`)
    .refine((text) => !field.required || text !== '', 'Fill this in.')
  if (field.type === 'number')
    return filled.refine((text) => text === '' || Number.isFinite(Number(text)), 'Write a number, such as 12.5.')
  return filled
}

/** What is checked before the decision is sent; the API checks the same. */
export const schemaOf = (fields: FormField[]): z.ZodType<FormValues, FormValues> =>
  z.object(Object.fromEntries(fields.map((field) => [field.name, schemaOfField(field)])))

/** What the form shows at first. */
export const valuesOf = (fields: FormField[]): FormValues =>
  Object.fromEntries(
    fields.map((field) => [
      field.name,
      field.type === 'boolean' ? field.value === true : field.value == null ? '' : String(field.value),
    ]),
  )

/** What the API takes: numbers as numbers, nothing for what was left empty. */
export function answersOf(fields: FormField[], values: FormValues): Record<string, unknown> {
  const answers: Record<string, unknown> = {}
  for (const field of fields) {
    const value = values[field.name]
    const words = typeof value === 'string' ? value.trim() : value
    if (words === '' || words === undefined) continue
    answers[field.name] = field.type === 'number' ? Number(words) : words
  }
  return answers
}
