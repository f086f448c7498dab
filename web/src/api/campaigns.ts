import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged, takeOver } from './query'

export type Campaign = Schemas['CampaignOut']
export type CampaignStatus = Campaign['status']
export type CampaignIn = Schemas['CampaignIn']
export type CampaignPatch = Schemas['CampaignPatch']
export type CampaignStats = Schemas['CampaignStats']
export type CampaignLead = Schemas['CampaignLeadOut']
export type CampaignLeadStatus = CampaignLead['status']
export type SkipReason = Schemas['SkipReason']
export type Delivery = Schemas['Delivery']
export type ProcessingLog = Schemas['ProcessingLogOut']
export type CampaignConversation = Schemas['CampaignConversationOut']
export type Preflight = Schemas['PreflightReport']
export type PreflightFinding = Schemas['PreflightFinding']

export interface CampaignFilter {
  status?: CampaignStatus | CampaignStatus[] | undefined
  search?: string | undefined
  sort?: string | undefined
}

export interface CampaignLeadFilter {
  search?: string | undefined
  delivery?: Delivery[] | undefined
  status?: CampaignLeadStatus[] | undefined
  skip_reason?: SkipReason[] | undefined
  replied?: boolean | undefined
  error?: string | undefined
}

export interface LogFilter {
  level?: string[] | undefined
  node?: string[] | undefined
  campaign_lead_id?: number | undefined
}

/** Everything of one campaign lies below its key, so that news of it makes all of that stale. */
export const campaignKeys = {
  all: ['campaigns'] as const,
  list: (filter: CampaignFilter) => ['campaigns', 'list', filter] as const,
  one: (id: number) => ['campaigns', 'one', id] as const,
  leads: (id: number, filter: CampaignLeadFilter, sort: string) =>
    ['campaigns', 'one', id, 'leads', filter, sort] as const,
  logs: (id: number, filter: LogFilter) => ['campaigns', 'one', id, 'logs', filter] as const,
  preflight: (id: number) => ['campaigns', 'one', id, 'preflight'] as const,
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

export const campaignLeadsQuery = (id: number, filter: CampaignLeadFilter, sort: string) =>
  infiniteQueryOptions({
    queryKey: campaignKeys.leads(id, filter, sort),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/campaigns/{campaign_id}/leads', {
          params: { path: { campaign_id: id }, query: { ...filter, sort, cursor: pageParam ?? null, limit: 100 } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const campaignLogsQuery = (id: number, filter: LogFilter) =>
  infiniteQueryOptions({
    queryKey: campaignKeys.logs(id, filter),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/campaigns/{campaign_id}/logs', {
          params: { path: { campaign_id: id }, query: { ...filter, cursor: pageParam ?? null, limit: 100 } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const campaignLeadQuery = (campaignId: number, campaignLeadId: number) =>
  queryOptions({
    queryKey: [...campaignKeys.one(campaignId), 'lead', campaignLeadId] as const,
    queryFn: () =>
      data(
        api.GET('/api/campaign-leads/{campaign_lead_id}', { params: { path: { campaign_lead_id: campaignLeadId } } }),
      ),
    refetchInterval: pollWhenNotLive,
  })

/** What was said for one campaign lead: to the model, and between the lead and us. */
export const campaignConversationQuery = (campaignId: number, campaignLeadId: number) =>
  queryOptions({
    queryKey: [...campaignKeys.one(campaignId), 'conversation', campaignLeadId] as const,
    queryFn: () =>
      data(
        api.GET('/api/conversations/{campaign_lead_id}', { params: { path: { campaign_lead_id: campaignLeadId } } }),
      ),
    refetchInterval: pollWhenNotLive,
  })

/** What would happen if it were started now. */
export const preflightQuery = (id: number) =>
  queryOptions({
    queryKey: campaignKeys.preflight(id),
    queryFn: () => data(api.GET('/api/campaigns/{campaign_id}/preflight', { params: { path: { campaign_id: id } } })),
  })

export const exportAddress = (id: number): string => `/api/campaigns/${id}/export.csv`

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
    onSuccess: async (campaign) => {
      await takeOver(client, campaignKeys.one(campaign.id), campaign)
      return client.invalidateQueries({ queryKey: campaignKeys.all })
    },
  })
}

/** Works the failed leads once more. */
export function useRetryFailed() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      data(api.POST('/api/campaigns/{campaign_id}/retry-failed', { params: { path: { campaign_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: campaignKeys.all }),
  })
}

export function useDeleteCampaign() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      data(api.DELETE('/api/campaigns/{campaign_id}', { params: { path: { campaign_id: id } } })),
    onSuccess: (_nothing, id) => {
      client.removeQueries({ queryKey: campaignKeys.one(id) })
      return client.invalidateQueries({ queryKey: campaignKeys.all })
    },
  })
}

export function useCreateCampaign() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (campaign: Partial<CampaignIn> & { name: string }) =>
      data(api.POST('/api/campaigns', { body: campaign as CampaignIn })),
    onSuccess: (campaign) => {
      client.setQueryData(campaignKeys.one(campaign.id), campaign)
      return client.invalidateQueries({ queryKey: ['campaigns', 'list'] })
    },
  })
}

/** Changes the given fields; what is left out stays. */
export function useChangeCampaign(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (patch: Partial<CampaignPatch>) =>
      data(
        api.PATCH('/api/campaigns/{campaign_id}', {
          params: { path: { campaign_id: id } },
          body: patch as CampaignPatch,
        }),
      ),
    onSuccess: async (campaign) => {
      await takeOver(client, campaignKeys.one(id), campaign)
      void client.invalidateQueries({ queryKey: ['campaigns', 'list'] })
      return client.invalidateQueries({ queryKey: campaignKeys.preflight(id) })
    },
  })
}

/** Takes all leads that were assigned one by one out of a draft. */
export function useUnassignLeads(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () =>
      data(
        api.DELETE('/api/campaigns/{campaign_id}/leads', {
          params: { path: { campaign_id: id } },
          body: { lead_ids: null },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: campaignKeys.one(id) }),
  })
}

/** The campaigns of one lead, the latest first. */
export const leadCampaignsQuery = (leadId: number) =>
  infiniteQueryOptions({
    // Below the campaigns' key: whatever happens to one may be news for the lead.
    queryKey: ['campaigns', 'of-lead', leadId] as const,
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/leads/{lead_id}/campaigns', {
          params: { path: { lead_id: leadId }, query: { cursor: pageParam ?? null, limit: 20 } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
    placeholderData: undefined,
  })
