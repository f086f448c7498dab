import { describe, expect, it } from 'vitest'
import { fateOfDelivery } from '@/components/conversation/delivery'
import { DELIVERIES, leadFilterOf, leadSortOf, NO_FILTER } from './leads-filter'

describe('which leads of a campaign an address means', () => {
  it('takes what makes sense and leaves out the rest', () => {
    expect(leadFilterOf({ search: ' ann ', status: 'failed', delivery: 'unknown', replied: false })).toEqual({
      search: 'ann',
      status: ['failed'],
      delivery: ['unknown'],
      replied: false,
    })
    expect(leadFilterOf({ search: '  ', status: 'gone', delivery: 'lost', reason: 'whim', sort: 'name' })).toEqual({})
    expect(leadFilterOf(NO_FILTER)).toEqual({})
  })

  it('sorts by what the API can sort by', () => {
    expect(['-name', 'processed_at', 'phone', undefined].map((sort) => leadSortOf({ sort }))).toEqual([
      '-name',
      'processed_at',
      'id',
      'id',
    ])
  })

  it('calls each outcome by a word of its own', () => {
    expect(new Set(DELIVERIES.map((delivery) => fateOfDelivery(delivery).label)).size).toBe(DELIVERIES.length)
  })
})
