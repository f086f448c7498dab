/** Trying a campaign before it runs: who would be reached, what they would read. Nothing leaves. */
import { keepPreviousData, queryOptions, skipToken, useMutation } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type Audience = Schemas['Audience']
export type AudienceReport = Schemas['AudienceReport']
export type LeadFilter = Schemas['LeadFilter']
export type Preview = Schemas['Preview']
export type PreviewIn = Schemas['PreviewIn']
export type TrialReport = Schemas['TrialReport']
export type TrialLead = Schemas['TrialLead']
export type TriedText = Schemas['TriedText']

export const audienceQuery = (campaignId: number, audience: Audience, requireConsent: boolean) =>
  queryOptions({
    // Below the leads' key: whatever changes leads changes the counts.
    queryKey: ['leads', 'audience', campaignId, audience, requireConsent] as const,
    queryFn: () =>
      data(
        api.POST('/api/campaigns/audience', {
          body: { audience, require_consent: requireConsent, campaign_id: campaignId },
        }),
      ),
    placeholderData: keepPreviousData,
  })

/** One real lead and what the workflow writes to it; nothing is asked without anybody to write to. */
export const previewQuery = (wanted: PreviewIn | null) =>
  queryOptions({
    // Not below the leads' key: what a model wrote is not asked for again because some lead changed.
    queryKey: ['previews', wanted] as const,
    queryFn: wanted ? ({ signal }) => data(api.POST('/api/campaigns/preview', { body: wanted, signal })) : skipToken,
    placeholderData: keepPreviousData,
    staleTime: 5 * 60_000,
    retry: false,
  })

export const useTestCampaign = (id: number) =>
  useMutation({
    mutationFn: (sample: number) =>
      data(api.POST('/api/campaigns/{campaign_id}/test', { params: { path: { campaign_id: id } }, body: { sample } })),
  })

/** Lists to choose from. */
export const listChoicesQuery = () =>
  queryOptions({ queryKey: ['lists', 'choices'] as const, queryFn: () => data(api.GET('/api/lists')) })

const MOST_FOUND = 8

/** A few leads whose name, company, e-mail or number begins like this. */
export const leadChoicesQuery = (search: string) =>
  queryOptions({
    queryKey: ['leads', 'choices', search] as const,
    queryFn: async () =>
      (await data(api.GET('/api/leads', { params: { query: { search, limit: MOST_FOUND } } }))).items,
    enabled: search.trim().length > 1,
    placeholderData: keepPreviousData,
  })

export const leadNameQuery = (id: number) =>
  queryOptions({
    queryKey: ['leads', 'name', id] as const,
    queryFn: async () => (await data(api.GET('/api/leads/{lead_id}', { params: { path: { lead_id: id } } }))).name,
    staleTime: 5 * 60_000,
  })
