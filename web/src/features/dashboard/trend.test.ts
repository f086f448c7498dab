import { describe, expect, it } from 'vitest'
import { changeOf, changeOfShare, shareOf } from './trend'

describe('trend', () => {
  it('says the change of a count in percent', () => {
    expect(changeOf(112, 100)).toEqual({ words: '+12 %', direction: 'up' })
    expect(changeOf(50, 100)).toEqual({ words: '−50 %', direction: 'down' })
    expect(changeOf(100, 100)).toEqual({ words: '±0 %', direction: 'flat' })
    expect(changeOf(100_000, 2)).toEqual({ words: 'over +999 %', direction: 'up' })
  })
  it('compares with nothing without dividing by it', () => {
    expect(changeOf(3, 0)).toEqual({ words: 'new', direction: 'up' })
    expect(changeOf(0, 0)).toBeNull()
    expect(changeOf(0, 3)).toEqual({ words: '−100 %', direction: 'down' })
  })
  it('says the change of a share in points', () => {
    expect(changeOfShare(92.44, 92)).toEqual({ words: '+0.4 points', direction: 'up' })
    expect(changeOfShare(90, 92)).toEqual({ words: '−2 points', direction: 'down' })
    expect(changeOfShare(92.01, 92)).toEqual({ words: '±0 points', direction: 'flat' })
    expect(changeOfShare(null, 92)).toBeNull()
  })
  it('has no share of nothing', () => {
    expect(shareOf(3, 4)).toBe(75)
    expect(shareOf(0, 0)).toBeNull()
  })
})
