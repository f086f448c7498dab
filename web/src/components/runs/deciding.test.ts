import { beforeEach, describe, expect, it } from 'vitest'
import type { FormField, RunApproval } from '@/api/run-approvals'
import { store } from '@/lib/storage'
import { between, cameOf, MOST_AT_ONCE, together, typedKey } from './deciding'

const field = (more: Partial<FormField>): FormField => ({
  name: 'text',
  label: '',
  type: 'text',
  required: false,
  options: [],
  value: null,
  ...more,
})
const YES = { name: 'approved', label: 'Offer it' }
const NO = { name: 'rejected', label: '' }
const approval = (id: number, form: FormField[] = [], actions = [YES, NO]) => ({ id, form, actions }) as RunApproval

beforeEach(() => localStorage.clear())

describe('what can be decided for many at once', () => {
  it('offers what all of them have, as the first calls it', () => {
    expect(together([approval(1), approval(2, [], [NO, { name: 'later', label: '' }])]).actions).toEqual([
      { name: 'rejected', label: 'rejected' },
    ])
    expect(together([approval(1), approval(2)]).actions[0]?.label).toBe('Offer it')
  })

  it('offers nothing and says why', () => {
    const reached = approval(2, [], [{ name: 'reached', label: '' }])
    expect(together([approval(1), reached])).toEqual({ actions: [], why: 'They have no decision in common.' })
    const lacking = approval(3, [field({ required: true })])
    expect(together([approval(1), lacking]).why).toBe('1 form must be filled in first.')
    const many = Array.from({ length: MOST_AT_ONCE + 1 }, (_, id) => approval(id))
    expect(together(many).why).toBe('At most 500 at once.')
    expect(together([])).toEqual({ actions: [], why: '' })
  })

  it('takes what stands in a form at first, and leaves out nothing that was typed', () => {
    const drafted = approval(4, [field({ required: true, value: 'Hi Ann' })])
    store(typedKey(4), { text: 'Hi Ann' })
    expect(together([drafted]).actions).toHaveLength(2)
    store(typedKey(4), { text: 'Hello Ann' })
    expect(together([drafted]).why).toBe('You changed 1 form: decide there.')
  })
})

describe('picking with Shift', () => {
  it('takes all between the two, in either direction', () => {
    expect(between([5, 6, 7, 8], 6, 8)).toEqual([6, 7, 8])
    expect(between([5, 6, 7, 8], 8, 6)).toEqual([6, 7, 8])
  })

  it('takes the one where there is no first one any more', () => {
    expect(between([5, 6], undefined, 6)).toEqual([6])
    expect(between([5, 6], 99, 6)).toEqual([6])
  })
})

describe('what came of it', () => {
  it('counts what was decided, and says the rest', () => {
    expect(cameOf([{ outcome: 'decided' }, { outcome: 'decided' }])).toEqual({ decided: 2, rest: '' })
    const mixed = cameOf([
      { outcome: 'decided' },
      { outcome: 'decided_before' },
      { outcome: 'gone' },
      { outcome: 'gone' },
    ])
    expect(mixed).toEqual({ decided: 1, rest: '1 decided before by somebody else, 2 gone.' })
  })
})
