import { expect, it } from 'vitest'
import type { Booking } from '@/api/bookings'
import { concernsOf, daysOf, standingOf } from './meeting-words'

const meeting = (values: Partial<Booking>): Booking =>
  ({
    status: 'booked',
    starts_at: '2027-05-04T09:00:00Z',
    ends_at: '2027-05-04T09:30:00Z',
    delivery_state: 'not_needed',
    delivery_problem: null,
    invitation_state: 'sent',
    invitation_problem: null,
    ...values,
  }) as Booking

it('says how a meeting stands', () => {
  const before = Date.parse('2027-05-01T00:00:00Z')
  expect(standingOf(meeting({}), before).label).toBe('Booked')
  expect(standingOf(meeting({}), Date.parse('2027-05-05T00:00:00Z')).label).toBe('Over')
  expect(standingOf(meeting({ status: 'cancelled' }), before).label).toBe('Cancelled')
})

it('names what a person has to know, and nothing else', () => {
  expect(concernsOf(meeting({}))).toEqual([])
  expect(concernsOf(meeting({ delivery_state: 'failed', delivery_problem: 'Refused.' }))).toEqual([
    'Not in the calendar: Refused.',
  ])
  expect(concernsOf(meeting({ invitation_state: 'not_sent', status: 'cancelled' }))).toEqual([])
  expect(concernsOf(meeting({ delivery_state: 'delivered', delivery_problem: 'Something else is there.' }))).toEqual([
    'Something else is there.',
  ])
})

it('puts times on the days of a zone', () => {
  const days = daysOf(['2027-05-04T03:30:00Z', '2027-05-04T16:00:00Z'], 'America/New_York')
  expect(days.map(({ day, times }) => [day, times.map((one) => one.label)])).toEqual([
    ['Monday 3 May', ['23:30']],
    ['Tuesday 4 May', ['12:00']],
  ])
})
