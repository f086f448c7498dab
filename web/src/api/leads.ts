import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, problemOf, type Schemas } from './client'
import { listKeys } from './lists'
import { paged, takeOver } from './query'

export type Lead = Schemas['LeadOut']
export type LeadDetail = Schemas['LeadDetail']
export type LeadIn = Schemas['LeadIn']
export type LeadPatch = Schemas['LeadPatch']
export type LeadFilter = Schemas['LeadFilter']
export type Selection = Schemas['Selection']
export type Changed = Schemas['Changed']
export type ConsentChannel = Schemas['ConsentChannel']
export type ConsentKind = Schemas['ConsentKind']
export type ConsentIn = Schemas['ConsentIn']
export type Consent = Schemas['ConsentOut']
export type TimelineEntry = Schemas['TimelineEntry']

/** Apart from the rest: live updates don't read every page of a long table again, its page decides when. */
const ROWS = 'lead-rows'

export const leadKeys = {
  all: ['leads'] as const,
  list: (filter: LeadFilter, sort: string) => [ROWS, filter, sort] as const,
  count: (filter: LeadFilter) => ['leads', 'count', filter] as const,
  values: (field: string) => ['leads', 'values', field] as const,
  one: (id: number) => ['leads', 'one', id] as const,
  /** Apart from the leads: texts and suppressions make it stale, too. */
  timeline: (id: number) => ['timeline', id] as const,
}

/** Rows per page: enough that fast scrolling asks seldom, few enough that a page is there at once. */
const PAGE = 200
const TIMELINE_PAGE = 100

export const leadsQuery = (filter: LeadFilter, sort: string) =>
  infiniteQueryOptions({
    queryKey: leadKeys.list(filter, sort),
    queryFn: ({ pageParam, signal }) =>
      data(api.GET('/api/leads', { params: { query: { ...filter, sort, cursor: pageParam, limit: PAGE } }, signal })),
    ...paged,
    // Live updates tell of every change; asking again for all pages because the window has the focus again costs much.
    refetchOnWindowFocus: false,
  })

/** How many leads match. */
export const leadCountQuery = (filter: LeadFilter) =>
  queryOptions({
    queryKey: leadKeys.count(filter),
    queryFn: async ({ signal }) => (await data(api.POST('/api/leads/count', { body: { filter }, signal }))).count,
    placeholderData: keepPreviousData,
  })

/** Values that occur: of industry, tier, source, country, region, `attributes` (their names) or `attributes.plan`. */
export const leadValuesQuery = (field: string) =>
  queryOptions({
    queryKey: leadKeys.values(field),
    queryFn: () => data(api.GET('/api/leads/values/{field}', { params: { path: { field } } })),
    staleTime: 60_000,
  })

export const leadQuery = (id: number) =>
  queryOptions({
    queryKey: leadKeys.one(id),
    queryFn: () => data(api.GET('/api/leads/{lead_id}', { params: { path: { lead_id: id } } })),
    refetchInterval: pollWhenNotLive,
  })

/** What happened to a lead on every channel, newest first. */
export const timelineQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: leadKeys.timeline(id),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/leads/{lead_id}/timeline', {
          params: { path: { lead_id: id }, query: { cursor: pageParam ?? null, limit: TIMELINE_PAGE } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
    placeholderData: undefined,
  })

/** Whether a lead may be texted now, or when next. */
export const contactWindowQuery = (id: number) =>
  queryOptions({
    queryKey: [...leadKeys.one(id), 'window'] as const,
    queryFn: () => data(api.GET('/api/leads/{lead_id}/contact-window', { params: { path: { lead_id: id } } })),
    refetchInterval: 60_000,
  })

/** The thread with a lead, or null. */
export const leadConversationQuery = (id: number) =>
  queryOptions({
    queryKey: ['conversations', 'of-lead', id] as const,
    queryFn: async () =>
      (await data(api.GET('/api/conversations', { params: { query: { lead_id: id, limit: 1 } } }))).items[0] ?? null,
  })

/** Whether there are simulated handsets to pick up. */
export const handsetAvailabilityQuery = () =>
  queryOptions({
    queryKey: ['handset', 'availability'] as const,
    queryFn: () => data(api.GET('/api/handset')),
    staleTime: 60_000,
  })

/** What a change of leads makes stale: rows, counts, menus, lists. */
export function useLeadsChanged() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: leadKeys.all }),
      client.invalidateQueries({ queryKey: [ROWS] }),
      client.invalidateQueries({ queryKey: listKeys.all }),
    ])
}

export function useCreateLead() {
  const changed = useLeadsChanged()
  return useMutation({
    mutationFn: (body: Partial<LeadIn>) => data(api.POST('/api/leads', { body: body as LeadIn })),
    onSuccess: changed,
  })
}

/** Takes over a lead's new state, and lets everything that may show it be asked again. */
function useLeadChanged() {
  const client = useQueryClient()
  return async (lead: LeadDetail) => {
    await takeOver(client, leadKeys.one(lead.id), lead)
    void client.invalidateQueries({ queryKey: leadKeys.timeline(lead.id) })
    void client.invalidateQueries({ queryKey: [...leadKeys.one(lead.id), 'window'] })
    void client.invalidateQueries({ queryKey: [ROWS] })
  }
}

export function useChangeLead(id: number) {
  const changed = useLeadChanged()
  return useMutation({
    mutationFn: (patch: Partial<LeadPatch>) =>
      data(api.PATCH('/api/leads/{lead_id}', { params: { path: { lead_id: id } }, body: patch as LeadPatch })),
    onSuccess: changed,
  })
}

export const deleteLead = (id: number) =>
  data(api.DELETE('/api/leads/{lead_id}', { params: { path: { lead_id: id } } }))

export function useGrantConsent(id: number) {
  const changed = useLeadChanged()
  return useMutation({
    mutationFn: (consent: Partial<ConsentIn> & Pick<ConsentIn, 'channel' | 'kind'>) =>
      data(
        api.POST('/api/leads/{lead_id}/consents', {
          params: { path: { lead_id: id } },
          body: consent as ConsentIn,
        }),
      ),
    onSuccess: changed,
  })
}

export function useRevokeConsent(id: number) {
  const changed = useLeadChanged()
  return useMutation({
    mutationFn: (channel: ConsentChannel) =>
      data(api.DELETE('/api/leads/{lead_id}/consents/{channel}', { params: { path: { lead_id: id, channel } } })),
    onSuccess: changed,
  })
}

/** Deletes many; `expected` is their number as it was shown, so that no more go than were meant. */
export const deleteLeads = (selection: Selection, expected: number) =>
  data(api.POST('/api/leads/bulk-delete', { body: { ...selection, expected } }))

/** The selected leads as a file. */
export async function exportLeads(selection: Selection): Promise<Blob> {
  const response = await fetch('/api/leads/export.csv', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(selection),
  })
  if (!response.ok) throw await problemOf(response)
  return response.blob()
}

const MOST_FOUND = 8

/** The first few leads whom the words may mean, for choosing one. */
export const foundLeadsQuery = (search: string) =>
  queryOptions({
    queryKey: ['leads', 'found', search] as const,
    queryFn: async ({ signal }) =>
      (await data(api.GET('/api/leads', { params: { query: { search, limit: MOST_FOUND } }, signal }))).items,
    placeholderData: keepPreviousData,
  })
