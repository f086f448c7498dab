import { expect, it } from 'vitest'
import { formatDateTime, formatDay } from '@/lib/format'
import { consentMoment } from './consent-moment'

it('shows no clock time where only the day is known', () => {
  expect(consentMoment('2026-03-01T00:00:00Z')).toBe(formatDay('2026-03-01'))
  expect(consentMoment('2026-03-01T00:00:00+00:00')).toBe(formatDay('2026-03-01'))
  expect(consentMoment('2026-03-01T09:30:00Z')).toBe(formatDateTime('2026-03-01T09:30:00Z'))
})
