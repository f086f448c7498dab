import { expect, it } from 'vitest'
import { localTimes, windowText } from './contact-window'

const NOW = new Date('2026-11-20T15:24:00Z')
const CHICAGO = 'America/Chicago'

it('tells the time in every zone the lead may be in', () => {
  expect(localTimes([CHICAGO], NOW)).toBe('09:24')
  expect(localTimes(['America/New_York', CHICAGO, 'America/Detroit'], NOW)).toBe('09:24 – 10:24')
  expect(localTimes([], NOW)).toBe('')
})

it('tells whether the lead may be texted, in their time', () => {
  const open = { is_open: true, opens_at: '2026-11-20T14:00:00Z', closes_at: '2026-11-21T03:00:00Z' }
  expect(windowText(open, CHICAGO, NOW)).toBe('may be texted now, until 21:00')
  const closed = { is_open: false, opens_at: '2026-11-21T14:00:00Z', closes_at: '2026-11-22T03:00:00Z' }
  expect(windowText(closed, CHICAGO, NOW)).toMatch(/^may be texted from Sat,? 08:00$/)
  expect(windowText({ is_open: false, opens_at: null, closes_at: null }, undefined, NOW)).toContain('no hour')
})
