import type { Budget, BudgetAlert, SettableScope } from '@/api/budgets'
import type { Tone } from '@/components/ui/badge'
import { formatMoney } from '@/lib/format'

export const SCOPES: Record<SettableScope, { title: string; about: string; whose: string }> = {
  installation_day: {
    title: 'Today',
    about: 'All model calls of the installation, from midnight to midnight UTC.',
    whose: 'the day’s budget',
  },
  installation_month: {
    title: 'This month',
    about: 'All model calls of the installation, in the calendar month (UTC).',
    whose: 'the month’s budget',
  },
  conversation: {
    title: 'Each conversation',
    about: 'All model calls for one conversation, in its whole life.',
    whose: 'a conversation’s budget',
  },
}

export const isSettable = (scope: Budget['scope']): scope is SettableScope => scope in SCOPES

/** At which shares of a limit people are told. */
export const MARKS = [50, 80, 100] as const
const [, NEAR, FULL] = MARKS

/** How much of a limit is gone, in percent; null without a limit. */
export const shareOf = (spent: number, limit: number | null): number | null =>
  limit === null || limit <= 0 ? null : (spent / limit) * 100

export const toneOf = (share: number): Tone => (share >= FULL ? 'danger' : share >= NEAR ? 'warning' : 'primary')

/** Of an alert: `80 % of the day’s budget`. */
export const alertTitle = ({ scope, threshold }: Pick<BudgetAlert, 'scope' | 'threshold'>): string =>
  `${threshold} % of ${isSettable(scope) ? SCOPES[scope].whose : 'a campaign’s budget'}`

/** `$4.10 of $5.00`. */
export const alertFigures = ({ spent, limit }: Pick<BudgetAlert, 'spent' | 'limit'>): string =>
  `${formatMoney(spent)} of ${formatMoney(limit)}`

/** What a used-up budget means, and what to do; null while it is not. */
export function usedUpWords({ scope, used_up }: Pick<Budget, 'scope' | 'used_up'>): string | null {
  if (!used_up) return null
  if (scope === 'conversation') {
    const whose =
      used_up === 1
        ? '1 conversation has used its budget up and waits'
        : `${used_up} conversations have used their budgets up and wait`
    return `${whose} for a person. Raise the limit, and agents answer again.`
  }
  const until = scope === 'installation_day' ? 'until midnight UTC' : 'until the month is over'
  return `Used up: no call that costs money is made ${until}. Raise the limit to go on now.`
}

/** Where the limit comes from. */
export const originWords = ({ is_default, setting }: Pick<Budget, 'is_default' | 'setting'>): string =>
  is_default ? `As in the settings (${setting})` : `Set here; goes before ${setting}`
