import { describe, expect, it } from 'vitest'
import { limitForm, limitOf, startOf } from './limit'

const problems = (limit: string, kind: 'own' | 'none' | 'default' = 'own') =>
  limitForm.safeParse({ kind, limit }).error?.issues.map((issue) => issue.path.join('.')) ?? []

describe('limits', () => {
  it('takes amounts above zero', () => {
    expect([' 5 ', '12.50', '0.01'].flatMap((limit) => problems(limit))).toEqual([])
    for (const wrong of ['', '0', '-1', 'many', '1e9', '5,00']) expect(problems(wrong), wrong).toEqual(['limit'])
  })
  it('needs no amount without a limit of its own', () => {
    expect([...problems('', 'none'), ...problems('', 'default')]).toEqual([])
  })
  it('opens with the limit in force and tells the API what is wanted', () => {
    expect(startOf({ limit: '12.5000' })).toEqual({ kind: 'own', limit: '12.5' })
    expect(startOf({ limit: null }).limit).toBe('')
    expect(limitOf({ kind: 'own', limit: '3' })).toBe('3')
    expect(limitOf({ kind: 'none', limit: '3' })).toBeNull()
    expect(limitOf({ kind: 'default', limit: '3' })).toBe('default')
  })
})
