import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { leadKeys, type Selection } from './leads'
import { takeOver } from './query'

export type LeadKnowledge = Schemas['LeadKnowledge']
export type LeadFact = Schemas['LeadFactOut']
export type LeadResearch = Schemas['LeadResearch']
export type Evidence = Schemas['Evidence']

/** Under the lead: whatever makes the lead stale makes this stale, too. */
export const knowledgeKeys = {
  facts: (id: number) => [...leadKeys.one(id), 'knowledge'] as const,
  research: (id: number) => [...leadKeys.one(id), 'research'] as const,
}

/** What providers say about a lead and their company. */
export const leadKnowledgeQuery = (id: number) =>
  queryOptions({
    queryKey: knowledgeKeys.facts(id),
    queryFn: () => data(api.GET('/api/leads/{lead_id}/knowledge', { params: { path: { lead_id: id } } })),
    refetchInterval: pollWhenNotLive,
  })

/** What the sales agents found about a lead the last time. */
export const leadResearchQuery = (id: number) =>
  queryOptions({
    queryKey: knowledgeKeys.research(id),
    queryFn: () => data(api.GET('/api/leads/{lead_id}/research', { params: { path: { lead_id: id } } })),
    refetchInterval: pollWhenNotLive,
  })

/** Asks the providers now; `refresh` asks even those that answered lately. */
export function useEnrichLead(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (refresh: boolean) =>
      data(api.POST('/api/leads/{lead_id}/enrich', { params: { path: { lead_id: id }, query: { refresh } } })),
    onSuccess: async (knowledge) => {
      await takeOver(client, knowledgeKeys.facts(id), knowledge)
      // Empty fields of the lead may have been filled.
      await client.invalidateQueries({ queryKey: leadKeys.one(id), exact: true })
    },
  })
}

/** Lets the sales agents work on the lead in the background. */
export const useResearchLead = (id: number) =>
  useMutation({
    mutationFn: (campaign_id: number | undefined) =>
      data(
        api.POST('/api/leads/{lead_id}/research', {
          params: { path: { lead_id: id }, query: { campaign_id: campaign_id ?? null } },
        }),
      ),
  })

/** Lets a background job ask the providers about many leads. */
export const useEnrichLeads = () =>
  useMutation({ mutationFn: (selection: Selection) => data(api.POST('/api/leads/enrich', { body: selection })) })
