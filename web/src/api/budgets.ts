import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged, takeOver } from './query'

export type Budget = Schemas['BudgetOut']
export type BudgetReport = Schemas['BudgetReport']
export type BudgetAlert = Schemas['AlertOut']
export type CostReport = Schemas['CostReport']
export type SettableScope = Exclude<Budget['scope'], 'campaign'>

export const budgetKeys = {
  all: ['budgets'] as const,
  report: ['budgets', 'report'] as const,
  alerts: ['budgets', 'alerts'] as const,
  costs: (days: number) => ['budgets', 'costs', days] as const,
}

export const budgetsQuery = () =>
  queryOptions({
    queryKey: budgetKeys.report,
    queryFn: () => data(api.GET('/api/budgets')),
    refetchInterval: pollWhenNotLive,
  })

/** What models cost by day (UTC), model and purpose. */
export const costsQuery = (days: number) =>
  queryOptions({
    queryKey: budgetKeys.costs(days),
    queryFn: () => data(api.GET('/api/budgets/costs', { params: { query: { days } } })),
    placeholderData: keepPreviousData,
    refetchInterval: pollWhenNotLive,
  })

const ALERTS = 10

export const budgetAlertsQuery = () =>
  infiniteQueryOptions({
    queryKey: budgetKeys.alerts,
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/budgets/alerts', { params: { query: { cursor: pageParam, limit: ALERTS } } })),
    ...paged,
    refetchInterval: pollWhenNotLive,
  })

/** Sets a limit in US dollars, or takes it away; `default` goes back to the one of the settings. */
export function useChangeLimit() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ scope, limit }: { scope: SettableScope; limit: string | null | 'default' }) => {
      const params = { path: { scope } }
      return limit === 'default'
        ? data(api.DELETE('/api/budgets/{scope}', { params }))
        : data(api.PUT('/api/budgets/{scope}', { params, body: { limit } }))
    },
    onSuccess: (report) => takeOver(client, budgetKeys.report, report),
  })
}
