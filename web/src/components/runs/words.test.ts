import { expect, it } from 'vitest'
import { lastedWords, stopWords, untilWords, zonedTime } from './words'

const NOW = new Date('2026-03-27T12:00:00Z')

it('tells times on the clock of the lead, across the change to summer time', () => {
  expect(zonedTime('2026-03-28T08:00:00Z', 'Europe/Berlin', NOW)).toBe('Sat 28 Mar 09:00')
  expect(zonedTime('2026-03-30T07:00:00Z', 'Europe/Berlin', NOW)).toBe('Mon 30 Mar 09:00')
  expect(zonedTime('2026-03-30T07:00:00Z', 'America/New_York', NOW)).toBe('Mon 30 Mar 03:00')
  expect(zonedTime('2027-01-04T08:00:00Z', 'Europe/Berlin', NOW)).toBe('Mon 4 Jan 2027 09:00')
})

it('says until when is waited, and whether something else may end the wait', () => {
  const due_at = '2026-03-30T07:00:00Z'
  expect(untilWords({ kind: 'timer', due_at }, 'Europe/Berlin', NOW)).toBe('until Mon 30 Mar 09:00 (lead’s time)')
  expect(untilWords({ kind: 'reply', due_at }, 'Europe/Berlin', NOW)).toBe(
    'until Mon 30 Mar 09:00 (lead’s time) at the latest',
  )
  expect(untilWords({ kind: 'approval', due_at: null }, 'Europe/Berlin', NOW)).toBe('for as long as it takes')
  expect(untilWords({ kind: 'timer', due_at: '2026-03-27T11:59:00Z' }, 'UTC', NOW)).toBe('goes on in a moment')
})

it('shows reasons that it does not know as they are named', () => {
  expect(stopWords('opted_out')).toBe('The lead opted out.')
  expect(stopWords('moon_rose')).toBe('Moon rose')
  expect(stopWords(null)).toBe('')
})

it('measures a run up to its end, or up to now', () => {
  const started_at = '2026-03-27T11:00:00Z'
  expect(lastedWords({ started_at, finished_at: '2026-03-27T11:30:00Z' }, NOW.getTime())).toBe('30 min')
  expect(lastedWords({ started_at, finished_at: null }, NOW.getTime())).toBe('1 h')
})
