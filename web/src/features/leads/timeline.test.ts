import { describe, expect, it } from 'vitest'
import type { TimelineEntry } from '@/api/leads'
import { byDay, detailOf, titleOf } from './timeline'

const entry = (
  kind: TimelineEntry['kind'],
  data: TimelineEntry['data'] = {},
  at = '2026-11-21T10:00:00',
): TimelineEntry => ({
  kind,
  at,
  id: 1,
  data,
})

describe('a timeline', () => {
  it('is grouped by the day here, in its order', () => {
    const days = byDay([
      entry('text_in', {}, '2026-11-21T10:00:00'),
      entry('text_out', {}, '2026-11-21T00:01:00'),
      entry('created', {}, '2026-11-20T23:59:00'),
    ])
    expect(days.map(({ day, entries }) => [day, entries.length])).toEqual([
      ['2026-11-21', 2],
      ['2026-11-20', 1],
    ])
  })

  it('says what happened', () => {
    const refused = entry('text_out', { author: 'agent', state: 'refused', error: 'Unknown number' })
    expect([titleOf(refused), detailOf(refused)]).toEqual(['Text by the agent', 'Refused · Unknown number'])
    const sent = entry('text_out', { author: 'somebody', state: 'sent', delivery_status: 'delivered', error: null })
    expect([titleOf(sent), detailOf(sent)]).toEqual(['Text to the lead', 'Delivered'])
    const consent = entry('consent', { channel: 'sms', kind: 'written', source: 'example.com' })
    expect([titleOf(consent), detailOf(consent)]).toEqual(['Agreed to texts', 'Written · example.com'])
    expect(detailOf(entry('imported', { file: 'may.csv', source: 'may.csv' }))).toBe('may.csv')
  })
})
