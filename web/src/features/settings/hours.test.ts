import { describe, expect, it } from 'vitest'
import { endFromInput, endToInput, nextPeriod, officeHours, problemOf, summaryOf } from './hours'

describe('working hours', () => {
  it('are told in one line', () => {
    const hours = officeHours()
    expect(summaryOf(hours)).toBe('Mon–Fri 09:00–17:00')
    hours.wednesday = []
    hours.friday = [
      { start: '09:00', end: '12:00' },
      { start: '13:00', end: '15:00' },
    ]
    expect(summaryOf(hours)).toBe('Mon–Tue 09:00–17:00 · Thu 09:00–17:00 · Fri 09:00–12:00, 13:00–15:00')
    for (const day of ['monday', 'tuesday', 'thursday', 'friday'] as const) hours[day] = []
    expect(summaryOf(hours)).toBe('No working hours')
  })
  it('name what is wrong', () => {
    expect(problemOf([{ start: '09:00', end: '17:00' }])).toBeUndefined()
    expect(problemOf([])).toBeUndefined()
    expect(problemOf([{ start: '', end: '17:00' }])).toMatch(/both/)
    expect(problemOf([{ start: '17:00', end: '09:00' }])).toMatch(/not before/)
    expect(
      problemOf([
        { start: '09:00', end: '12:00' },
        { start: '11:00', end: '13:00' },
      ]),
    ).toMatch(/before the end/)
    expect(problemOf([{ start: '20:00', end: '24:00' }])).toBeUndefined()
  })
  it('may last until midnight', () => {
    expect(endFromInput('00:00')).toBe('24:00')
    expect(endToInput('24:00')).toBe('00:00')
    expect(endFromInput('17:00')).toBe('17:00')
  })
  it('grow by a period that fits', () => {
    expect(nextPeriod([])).toEqual({ start: '09:00', end: '17:00' })
    expect(nextPeriod([{ start: '09:00', end: '12:00' }])).toEqual({ start: '13:00', end: '17:00' })
    expect(nextPeriod([{ start: '09:00', end: '21:00' }])).toEqual({ start: '22:00', end: '24:00' })
    expect(nextPeriod([{ start: '09:00', end: '23:00' }])).toBeNull()
  })
})
