import { describe, expect, it } from 'vitest'
import {
  afterRefusal,
  afterSave,
  type Draft,
  differences,
  type Editing,
  isEditable,
  patchOf,
  problemsOf,
  problemsOfEditing,
  takeIn,
} from './draft'
import { DRAFT } from './draft.fixture'

const typed = (change: Partial<Draft>): Editing => ({
  draft: { ...DRAFT, ...change },
  saved: DRAFT,
  seen: DRAFT,
  refused: {},
})

describe('a draft', () => {
  it('stores only what changed', () => {
    expect(patchOf(typed({}))).toBeNull()
    expect(patchOf(typed({ audience: { list_ids: [1], lead_ids: [], filter: null } }))).toBeNull()
    expect(patchOf(typed({ name: 'Summer', budget: '5' }))).toEqual({ name: 'Summer', budget: '5' })
  })
  it('does not let a wrong field keep the others from being stored', () => {
    expect(patchOf(typed({ name: ' ', description: 'New' }))).toEqual({ description: 'New' })
    expect(patchOf(typed({ budget: '0' }))).toBeNull()
    expect(problemsOf({ ...DRAFT, quiet_hours: { start: '18:00', end: '09:00' } }).quiet_hours).toBeDefined()
    expect(problemsOf({ ...DRAFT, sms_template: 'a'.repeat(1601) }).sms_template).toBeDefined()
    expect(problemsOf(DRAFT)).toEqual({})
  })
  it('is stored once, however the server spells it', () => {
    const editing = typed({ name: 'Summer ', budget: '5' })
    const after = afterSave(editing, patchOf(editing) ?? {}, { ...DRAFT, name: 'Summer', budget: '5.0000' })
    expect(patchOf(after)).toBeNull()
    expect(after.draft.name).toBe('Summer ')
  })
  it('keeps what was typed while its save was under way', () => {
    const sent = typed({ name: 'Summer' })
    const patch = patchOf(sent) ?? {}
    const after = afterSave({ ...sent, draft: { ...sent.draft, name: 'Summer sale' } }, patch, {
      ...DRAFT,
      name: 'Summer',
    })
    expect(patchOf(after)).toEqual({ name: 'Summer sale' })
  })
  it('takes in what others changed, but never over what is being typed', () => {
    const merged = takeIn(typed({ name: 'Typed' }), { ...DRAFT, name: 'Elsewhere', budget: '9' })
    expect([merged.draft.name, merged.draft.budget]).toEqual(['Typed', '9'])
    expect(differences(merged.draft, merged.saved)).toEqual(['name'])
  })
  it('waits with a refused value until it is changed', () => {
    const editing = typed({ model: 'nobody:knows', name: 'Summer' })
    const after = afterRefusal(editing, patchOf(editing) ?? {}, [{ field: 'body.model', problem: 'No such model.' }])
    expect(patchOf(after)).toEqual({ name: 'Summer' })
    expect(problemsOfEditing(after).model).toBe('No such model.')
    const changed = { ...after, draft: { ...after.draft, model: 'openai:gpt' } }
    expect(patchOf(changed)).toEqual({ name: 'Summer', model: 'openai:gpt' })
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
