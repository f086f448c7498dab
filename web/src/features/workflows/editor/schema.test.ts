import { describe, expect, it } from 'vitest'
import { emptyItem, fieldsOf, isExpression } from './schema'

const SCHEMA = {
  $defs: {
    Mode: { enum: ['time', 'until'], type: 'string' },
    Case: {
      type: 'object',
      properties: {
        name: { type: 'string' },
        when: { type: 'string', description: 'An expression.' },
        weight: { type: 'integer', default: 1 },
      },
      required: ['name', 'when'],
    },
  },
  properties: {
    label: { type: 'string', maxLength: 120 },
    prompt: { type: 'string', maxLength: 8000, description: 'What to say.' },
    mode: { $ref: '#/$defs/Mode', default: 'time' },
    temperature: { anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { type: 'null' }], default: null },
    on: { type: 'boolean', default: true },
    cases: { type: 'array', items: { $ref: '#/$defs/Case' }, maxItems: 9 },
    tags: { type: 'array', items: { type: 'string' }, 'x-options': 'tags' },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
    start: { type: 'string', format: 'date' },
    days: { type: 'array', items: { enum: ['mon', 'tue'] } },
    agent: { anyOf: [{ type: 'integer' }, { type: 'null' }], 'x-options': 'agents', title: 'Agent' },
    anything: {},
  },
  required: ['mode'],
}

describe('fieldsOf', () => {
  const fields = new Map(fieldsOf(SCHEMA).map((field) => [field.name, field]))
  it('knows every kind', () => {
    expect([...fields.values()].map((field) => field.kind)).toEqual([
      'text',
      'long',
      'choice',
      'number',
      'boolean',
      'list',
      'words',
      'map',
      'date',
      'choices',
      'number',
      'json',
    ])
  })
  it('keeps limits, defaults and choices', () => {
    expect(fields.get('temperature')).toMatchObject({ minimum: 0, maximum: 1, isNullable: true, default: null })
    expect(fields.get('mode')).toMatchObject({
      default: 'time',
      isRequired: true,
      choices: [{ value: 'time', label: 'Time' }, { value: 'until' }],
    })
    expect(fields.get('agent')).toMatchObject({ options: 'agents', label: 'Agent' })
    expect(fields.get('prompt')).toMatchObject({ mostCharacters: 8000, hint: 'What to say.' })
  })
  it('describes the items of a list', () => {
    const cases = fields.get('cases')
    expect(cases?.fields.map((field) => field.name)).toEqual(['name', 'when', 'weight'])
    expect(emptyItem(cases?.fields ?? [])).toEqual({ name: '', when: '' })
  })
})

it('knows expressions', () => {
  expect(isExpression('Hi {{ lead.name }}')).toBe(true)
  expect(isExpression('Hi {name}')).toBe(false)
  expect(isExpression(3)).toBe(false)
})
