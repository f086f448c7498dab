import { describe, expect, it, vi } from 'vitest'
import {
  formatAgo,
  formatDuration,
  formatMoney,
  formatPercent,
  formatPhone,
  humanize,
  initials,
  plural,
} from './format'

describe('format', () => {
  it('keeps the digits of small amounts', () => {
    expect(formatMoney('0.0083')).toBe('$0.0083')
    expect(formatMoney('0.00002300')).toBe('$0.000023')
    expect(formatMoney('0.00000001')).toBe('$0.00000001')
    expect(formatMoney(6.871)).toBe('$6.87')
    expect(formatMoney(0)).toBe('$0.00')
    expect(formatMoney(null)).toBe('–')
  })
  it('writes durations as people say them', () => {
    expect([0.2, 40, 125, 3600, 5400, 200_000].map(formatDuration)).toEqual([
      'under a second',
      '40 s',
      '2 min',
      '1 h',
      '1 h 30 min',
      '2 days',
    ])
    expect([59.7, 3599, 7190].map(formatDuration)).toEqual(['1 min', '1 h', '2 h'])
  })
  it('writes times relative to now', () => {
    const now = Date.parse('2026-05-01T12:00:00Z')
    expect(formatAgo('2026-05-01T11:59:50Z', now)).toBe('just now')
    expect(formatAgo('2026-05-01T11:55:00Z', now)).toBe('5 min. ago')
    expect(formatAgo('2026-04-30T11:00:00Z', now)).toBe('yesterday')
    expect(formatAgo('2026-05-01T11:00:10Z', now)).toBe('1 hr. ago')
    expect(formatAgo(undefined, now)).toBe('–')
  })
  it('writes a day of the calendar as that day, west of Greenwich too', async () => {
    vi.stubEnv('TZ', 'America/Los_Angeles')
    vi.resetModules()
    const { formatDay } = await import('./format')
    expect(formatDay('2026-05-01')).toBe('1 May')
    expect(formatDay('2026-05-01T05:00:00Z')).toBe('30 Apr')
    vi.unstubAllEnvs()
  })
  it('writes numbers, names and words', () => {
    expect(formatPhone('+12025550143')).toBe('+1 (202) 555-0143')
    expect(formatPhone('+447700900123')).toBe('+447700900123')
    expect(initials('Ada King Lovelace')).toBe('AL')
    expect(initials('👩‍🚀 Ada')).toBe('👩A')
    expect(initials('')).toBe('?')
    expect(humanize('needs_person')).toBe('Needs person')
    expect(plural(1, 'lead')).toBe('1 lead')
    expect(plural(1200, 'lead')).toBe('1,200 leads')
    expect(formatPercent(89.6)).toBe('89.6 %')
    expect(formatPercent(100)).toBe('100 %')
  })
})
