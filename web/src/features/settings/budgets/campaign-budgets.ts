import type { Campaign } from '@/api/campaigns'

export interface BudgetRow {
  id: number
  name: string
  status: Campaign['status']
  spent: number
  /** Null without a limit. */
  budget: number | null
  /** Of the budget, in percent. */
  share: number | null
}

const UNDER_WAY = new Set<Campaign['status']>(['pending', 'processing', 'paused'])

/** What campaigns may spend and did: those under way or with a limit, nearest to the limit first. */
export function budgetRows(campaigns: Campaign[]): BudgetRow[] {
  return campaigns
    .filter((campaign) => campaign.budget !== null || UNDER_WAY.has(campaign.status))
    .map(({ id, name, status, budget, stats }) => {
      const spent = Number(stats?.cost ?? 0)
      const limit = budget === null ? null : Number(budget)
      return { id, name, status, spent, budget: limit, share: limit ? (spent / limit) * 100 : null }
    })
    .toSorted((one, other) => (other.share ?? -1) - (one.share ?? -1))
}
