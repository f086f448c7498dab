import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type Campaign = Schemas['CampaignOut']
export type CampaignStatus = Campaign['status']
export type CampaignIn = Schemas['CampaignIn']
export type CampaignPatch = Schemas['CampaignPatch']
export type CampaignStats = Schemas['CampaignStats']
export type Preflight = Schemas['PreflightReport']

export interface CampaignFilter {
  status?: CampaignStatus | undefined
  search?: string | undefined
  sort?: string | undefined
}

export const campaignKeys = {
  all: ['campaigns'] as const,
  list: (filter: CampaignFilter) => ['campaigns', 'list', filter] as const,
  one: (id: number) => ['campaigns', 'one', id] as const,
}

export const campaignsQuery = (filter: CampaignFilter) =>
  infiniteQueryOptions({
    queryKey: campaignKeys.list(filter),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/campaigns', { params: { query: { ...filter, cursor: pageParam, limit: 50 } as never } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const campaignQuery = (id: number) =>
  queryOptions({
    queryKey: campaignKeys.one(id),
    queryFn: () => data(api.GET('/api/campaigns/{campaign_id}', { params: { path: { campaign_id: id } } })),
    refetchInterval: pollWhenNotLive,
  })

/** The verbs of a campaign that need no further input. */
export type CampaignVerb = 'start' | 'pause' | 'resume' | 'cancel' | 'duplicate'

export function useCampaignVerb() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, verb }: { id: number; verb: CampaignVerb }) =>
      data(
        api.POST(`/api/campaigns/{campaign_id}/${verb}` as '/api/campaigns/{campaign_id}/start', {
          params: { path: { campaign_id: id } },
        }),
      ),
    onSuccess: (campaign) => {
      client.setQueryData(campaignKeys.one(campaign.id), campaign)
      return client.invalidateQueries({ queryKey: campaignKeys.all })
    },
  })
}
