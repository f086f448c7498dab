import { describe, expect, it } from 'vitest'
import { isNobody, trimFilter } from './audience'
import { fromLocal, toLocal } from './local-time'

describe('an audience', () => {
  it('never means everybody by an empty filter', () => {
    expect(trimFilter({ search: '', tier: [], score_min: null })).toBeNull()
    expect(trimFilter({ search: 'roof', tier: [], score_min: 0 })).toEqual({ search: 'roof', score_min: 0 })
    expect(isNobody({ list_ids: [], lead_ids: [], filter: {} })).toBe(true)
    expect(isNobody({ list_ids: [], lead_ids: [], filter: { has_email: true } })).toBe(false)
    expect(isNobody({ list_ids: [2], lead_ids: [] })).toBe(false)
  })
})

describe('a moment', () => {
  it('comes back from the field as it went in', () => {
    expect(new Date(fromLocal(toLocal('2027-03-04T10:20:00Z'))).getTime()).toBe(Date.parse('2027-03-04T10:20:00Z'))
    expect(toLocal(null)).toBe('')
  })
})
