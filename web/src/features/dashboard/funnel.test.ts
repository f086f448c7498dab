import { describe, expect, it } from 'vitest'
import { funnelRows } from './funnel'

describe('funnelRows', () => {
  it('gives each step its share of the first and of the one before', () => {
    const rows = funnelRows([
      { step: 'reached', leads: 200, previous: 0 },
      { step: 'delivered', leads: 180, previous: 0 },
      { step: 'replied', leads: 45, previous: 3 },
    ])
    expect(rows.map((row) => row.ofReached)).toEqual([100, 90, 22.5])
    expect(rows.map((row) => row.ofStepBefore)).toEqual([null, 90, 25])
  })
  it('has no shares where nobody was reached', () => {
    const rows = funnelRows([
      { step: 'reached', leads: 0, previous: 0 },
      { step: 'delivered', leads: 0, previous: 0 },
    ])
    expect(rows.map((row) => row.ofReached)).toEqual([null, null])
    expect(rows[1]?.ofStepBefore).toBeNull()
  })
})
