import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'
import { pollCounted } from './query'

export type Dashboard = Schemas['Dashboard']
export type DayFigures = Schemas['DayFigures']
export type FunnelStep = Schemas['FunnelStep']
export type ActiveCampaign = Schemas['ActiveCampaign']
export type Attention = Schemas['Attention']

export const dashboardKeys = {
  all: ['dashboard'] as const,
  days: (days: number) => ['dashboard', days] as const,
}

/** Days begin where the reader is. */
const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

export const dashboardQuery = (days: number) =>
  queryOptions({
    queryKey: dashboardKeys.days(days),
    queryFn: () => data(api.GET('/api/dashboard', { params: { query: { days, time_zone: timeZone() } } })),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => pollCounted(query.state.data),
  })
