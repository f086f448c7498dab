import { describe, expect, it } from 'vitest'
import type { FieldMap } from '@/api/crm'
import { mappedTo, mappingProblem, unmapped } from './mapping'

const row = (remote: string, field: string, more: Partial<FieldMap> = {}): FieldMap => ({
  remote,
  field,
  direction: 'both',
  kind: 'text',
  default: null,
  values: {},
  rule: 'newest',
  ...more,
})

describe('a mapping', () => {
  it('lets opt-outs and consent only in, and figures of agents only out', () => {
    expect(mappedTo(row('a', 'name'), 'do_not_contact').direction).toBe('in')
    expect(mappedTo(row('a', 'name'), 'consent_sms').direction).toBe('in')
    expect(mappedTo(row('a', 'name'), 'score').direction).toBe('out')
    expect(mappedTo(row('a', 'name'), 'company').direction).toBe('both')
  })
  it('fills a field once, except phones', () => {
    expect(mappingProblem([row('a', 'email'), row('b', 'email')])).toContain('two of their fields')
    expect(mappingProblem([row('a', 'email'), row('b', 'email', { direction: 'out' })])).toBeNull()
    expect(mappingProblem([row('a', 'phone'), row('b', 'phone')])).toBeNull()
    expect(mappingProblem([row('', 'email')])).toContain('every row')
    expect(mappingProblem([row('a', '')])).toContain('Choose')
  })
  it('knows what is left', () => {
    const fields = ['a', 'b'].map((name) => ({
      name,
      label: name,
      kind: 'text',
      choices: [],
      writable: true,
      sample: null,
    }))
    expect(unmapped(fields, [row('a', 'email')]).map((one) => one.name)).toEqual(['b'])
  })
})
