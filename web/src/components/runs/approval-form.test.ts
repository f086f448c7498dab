import { expect, it } from 'vitest'
import type { FormField } from '@/api/run-approvals'
import { answersOf, schemaOf, valuesOf } from './approval-form'

const FIELDS: FormField[] = [
  { name: 'discount', label: 'Discount in %', type: 'number', required: true, options: [], value: 10 },
  { name: 'note', label: 'Note', type: 'text', required: false, options: [] },
  { name: 'urgent', label: 'Urgent', type: 'boolean', required: false, options: [], value: true },
  { name: 'tier', label: 'Tier', type: 'choice', required: true, options: ['A', 'B'] },
]

it('begins with what the step filled in', () => {
  expect(valuesOf(FIELDS)).toEqual({ discount: '10', note: '', urgent: true, tier: '' })
})

it('refuses empty required fields and words where a number belongs, at the field', () => {
  const problems = (values: Record<string, string | boolean>) =>
    Object.fromEntries(
      (schemaOf(FIELDS).safeParse(values).error?.issues ?? []).map((issue) => [issue.path.join('.'), issue.message]),
    )
  expect(problems({ discount: 'ten', note: '', urgent: false, tier: ' ' })).toEqual({
    discount: 'Write a number, such as 12.5.',
    tier: 'Fill this in.',
  })
  expect(problems({ discount: '12.5', note: '', urgent: false, tier: 'A' })).toEqual({})
})

it('sends numbers as numbers and leaves out what is empty', () => {
  expect(answersOf(FIELDS, { discount: ' 12.5 ', note: '  ', urgent: false, tier: 'A' })).toEqual({
    discount: 12.5,
    urgent: false,
    tier: 'A',
  })
})
