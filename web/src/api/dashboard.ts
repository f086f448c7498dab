import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type Dashboard = Schemas['Dashboard']
export type DayFigures = Schemas['DayFigures']
export type FunnelStep = Schemas['FunnelStep']
export type ActiveCampaign = Schemas['ActiveCampaign']
export type Attention = Schemas['Attention']

export const dashboardKeys = {
  all: ['dashboard'] as const,
  days: (days: number) => ['dashboard', days] as const,
}

const OLD_SECONDS = 0.2
const ASK_AGAIN_MS = 10_000

/** Days begin where the reader is. */
const timeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC'

export const dashboardQuery = (days: number) =>
  queryOptions({
    queryKey: dashboardKeys.days(days),
    queryFn: () => data(api.GET('/api/dashboard', { params: { query: { days, time_zone: timeZone() } } })),
    placeholderData: keepPreviousData,
    // Figures that were kept are being counted anew: nothing else would tell when that is done.
    refetchInterval: (query) =>
      (query.state.data?.counted_seconds_ago ?? 0) > OLD_SECONDS ? ASK_AGAIN_MS : pollWhenNotLive(),
  })
