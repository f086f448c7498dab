import { describe, expect, it } from 'vitest'
import { differences, isEditable, mergeStored, patchOf, problemsOf } from './draft'
import { DRAFT } from './draft.fixture'

describe('a draft', () => {
  it('stores only what changed', () => {
    expect(patchOf(DRAFT, DRAFT)).toBeNull()
    expect(patchOf({ ...DRAFT, audience: { list_ids: [1], lead_ids: [], filter: null } }, DRAFT)).toBeNull()
    expect(patchOf({ ...DRAFT, name: 'Summer', budget: '5' }, DRAFT)).toEqual({ name: 'Summer', budget: '5' })
  })
  it('does not let a wrong field keep the others from being stored', () => {
    expect(patchOf({ ...DRAFT, name: ' ', description: 'New' }, DRAFT)).toEqual({ description: 'New' })
    expect(patchOf({ ...DRAFT, budget: '0' }, DRAFT)).toBeNull()
    expect(problemsOf({ ...DRAFT, quiet_hours: { start: '18:00', end: '09:00' } }).quiet_hours).toBeDefined()
    expect(problemsOf({ ...DRAFT, sms_template: 'a'.repeat(1601) }).sms_template).toBeDefined()
    expect(problemsOf(DRAFT)).toEqual({})
  })
  it('keeps what was typed while stored values came in', () => {
    const typed = { ...DRAFT, name: 'Typed' }
    const merged = mergeStored(typed, DRAFT, { ...DRAFT, name: 'Elsewhere', budget: '9' })
    expect([merged.name, merged.budget]).toEqual(['Typed', '9'])
    expect(differences(merged, DRAFT)).toEqual(['name', 'budget'])
  })
  it('may be changed as far as its state allows', () => {
    expect(isEditable('audience', 'draft')).toBe(true)
    expect(isEditable('audience', 'paused')).toBe(false)
    expect(isEditable('sms_template', 'paused')).toBe(true)
    expect(isEditable('sms_template', 'processing')).toBe(false)
    expect(isEditable('budget', 'processing')).toBe(true)
    expect(isEditable('name', 'completed')).toBe(false)
  })
})
