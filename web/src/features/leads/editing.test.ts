import { describe, expect, it } from 'vitest'
import type { LeadDetail } from '@/api/leads'
import { attributeProblem, attributeText, attributeValue, patchOf, scalarOf, textOf, undoPatch } from './editing'

describe('fields', () => {
  it('are emptied by null, the name by an empty text', () => {
    expect(patchOf('company', ' ')).toEqual({ company: null })
    expect(patchOf('name', ' ')).toEqual({ name: '' })
    expect(patchOf('score', '')).toEqual({ score: null })
    expect(patchOf('score', '0')).toEqual({ score: 0 })
  })

  it('come back as they were', () => {
    const lead = { company: null, score: 7, name: 'Ann' } as LeadDetail
    expect(undoPatch(lead, 'company')).toEqual({ company: null })
    expect(undoPatch(lead, 'score')).toEqual({ score: 7 })
  })
})

describe('attributes', () => {
  it.each([
    ['42', 42],
    ['-1.5', -1.5],
    ['true', true],
    ['false', false],
    ['007', '007'],
    ['12345678901234567890', '12345678901234567890'],
    ['"42"', '42'],
    ['1e999', '1e999'],
    ['gold', 'gold'],
    ['"', '"'],
    ['', ''],
  ])('reads %s', (text, value) => {
    expect(scalarOf(text)).toBe(value)
  })

  it.each([42, true, '42', 'true', 'gold', '"x"', '007'])('writes %s so that it is read again', (value) => {
    expect(scalarOf(textOf(value))).toBe(value)
  })

  it('have names that the API takes, each once', () => {
    expect(attributeProblem('Roof area', {})).toBeUndefined()
    expect(attributeProblem('', {})).toBeUndefined()
    expect(attributeProblem('a:b', {})).toContain('letters')
    expect(attributeProblem('plan', { plan: 1 })).toContain('already')
    expect(attributeProblem('toString', {})).toBeUndefined()
  })
})

describe('tags', () => {
  it('are words with commas between them', () => {
    expect(attributeText('tags', ['vip', 'roof'])).toBe('vip, roof')
    expect(attributeValue('tags', ' 7, true ')).toBe('7, true')
    expect(attributeValue('seats', '7')).toBe(7)
    expect(attributeText('others', ['vip'])).toBe('["vip"]')
  })
})
