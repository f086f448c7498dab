import { describe, expect, it } from 'vitest'
import type { Campaign } from '@/api/campaigns'
import { budgetRows } from './campaign-budgets'

const campaign = (id: number, status: Campaign['status'], budget: string | null, cost: string) =>
  ({ id, name: `${id}`, status, budget, stats: { cost } }) as Campaign

describe('budgetRows', () => {
  it('shows what is limited or under way, nearest to its limit first', () => {
    const rows = budgetRows([
      campaign(1, 'completed', null, '5'),
      campaign(2, 'processing', null, '1'),
      campaign(3, 'completed', '20', '5'),
      campaign(4, 'paused', '10', '9.5'),
    ])
    expect(rows.map((row) => [row.id, row.share])).toEqual([
      [4, 95],
      [3, 25],
      [2, null],
    ])
  })
})
