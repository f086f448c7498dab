import { describe, expect, it } from 'vitest'
import { alertFigures, alertTitle, originWords, shareOf, toneOf, usedUpWords } from './words'

describe('budgets in words', () => {
  it('tells how much of a limit is gone', () => {
    expect(shareOf(1, 4)).toBe(25)
    expect(shareOf(1, null)).toBeNull()
    expect([0, 79.9, 80, 99.9, 100, 120].map(toneOf)).toEqual([
      'primary',
      'primary',
      'warning',
      'warning',
      'danger',
      'danger',
    ])
  })
  it('says whose alert it is', () => {
    expect(alertTitle({ scope: 'installation_day', threshold: 80 })).toBe('80 % of the day’s budget')
    expect(alertTitle({ scope: 'campaign', threshold: 100 })).toBe('100 % of a campaign’s budget')
    expect(alertFigures({ spent: '4.10000000', limit: '5.0000' })).toBe('$4.10 of $5.00')
  })
  it('says what a used-up budget means', () => {
    expect(usedUpWords({ scope: 'installation_day', used_up: 0 })).toBeNull()
    expect(usedUpWords({ scope: 'installation_day', used_up: 1 })).toContain('until midnight UTC')
    expect(usedUpWords({ scope: 'installation_month', used_up: 1 })).toContain('until the month is over')
    expect(usedUpWords({ scope: 'conversation', used_up: 1 })).toMatch(/^1 conversation has/)
    expect(usedUpWords({ scope: 'conversation', used_up: 3 })).toMatch(/^3 conversations have/)
  })
  it('says where a limit comes from', () => {
    expect(originWords({ is_default: true, setting: 'OUTRIDER_BUDGET_DAY' })).toContain('As in the settings')
    expect(originWords({ is_default: false, setting: 'OUTRIDER_BUDGET_DAY' })).toContain('Set here')
  })
})
