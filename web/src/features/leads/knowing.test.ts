import { describe, expect, it } from 'vitest'
import type { LeadFact } from '@/api/knowledge'
import { known, safeLink } from './knowing'

const fact = (id: number, name: LeadFact['name'], value: string, provider: string, confidence: number): LeadFact => ({
  id,
  subject: 'company',
  name,
  value,
  provider,
  confidence,
  detail: '',
  observed_at: '2026-01-01T00:00:00Z',
})

describe('known', () => {
  it('puts sources that agree together, the surest value first', () => {
    const facts = [
      fact(1, 'industry', 'Banking', 'website', 0.6),
      fact(2, 'industry', 'Roofing', 'apollo', 0.9),
      fact(3, 'industry', 'roofing', 'local', 0.8),
      fact(4, 'name', 'Acme', 'apollo', 0.9),
    ]
    const [name, industry] = known(facts, 'company')
    expect(name?.label).toBe('Name')
    expect(industry?.values.map((value) => [value.text, value.facts.map((one) => one.provider)])).toEqual([
      ['Roofing', ['apollo', 'local']],
      ['Banking', ['website']],
    ])
    expect(known(facts, 'person')).toEqual([])
  })
})

describe('safeLink', () => {
  it('opens web addresses only', () => {
    expect(safeLink('https://acme.example/x')).toBe('https://acme.example/x')
    for (const text of ['javascript:alert(1)', 'data:text/html,x', 'acme.example', ' https://x', 'file:///etc'])
      expect(safeLink(text)).toBeNull()
  })
})
