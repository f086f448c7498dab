import { infiniteQueryOptions, queryOptions, useMutation } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type Model = Schemas['ModelOut']
export type ModelTest = Schemas['ModelTest']
export type ModelCall = Schemas['ModelCallOut']
export type ProviderHealth = Schemas['ProviderHealth']
export type ProviderFigures = Schemas['ProviderFigures']
export interface CallFilter {
  model?: string | undefined
  purpose?: string | undefined
  outcome?: string | undefined
  campaign_id?: number | undefined
  conversation_id?: number | undefined
}

export const modelKeys = {
  all: ['models'] as const,
  health: ['models', 'health'] as const,
  calls: (filter: CallFilter) => ['models', 'calls', filter] as const,
  call: (id: number) => ['models', 'call', id] as const,
}

export const modelsQuery = () =>
  queryOptions({ queryKey: modelKeys.all, queryFn: () => data(api.GET('/api/models')), staleTime: 60_000 })

export const modelsHealthQuery = () =>
  queryOptions({
    queryKey: modelKeys.health,
    queryFn: () => data(api.GET('/api/models/health')),
    refetchInterval: pollWhenNotLive,
  })

const PAGE = 100

/** Each attempt at a model call, the latest first. */
export const modelCallsQuery = (filter: CallFilter) =>
  infiniteQueryOptions({
    queryKey: modelKeys.calls(filter),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/models/calls', { params: { query: { ...filter, cursor: pageParam, limit: PAGE } } })),
    ...paged,
    refetchInterval: pollWhenNotLive,
  })

export const modelCallQuery = (id: number) =>
  queryOptions({
    queryKey: modelKeys.call(id),
    queryFn: () => data(api.GET('/api/models/calls/{call_id}', { params: { path: { call_id: id } } })),
  })

/** The runs of agents that are behind a call: `run_id` of the call is their trace. */
export const runsOfCallQuery = (runId: string) =>
  queryOptions({
    queryKey: [...modelKeys.all, 'runs', runId] as const,
    queryFn: async () =>
      (await data(api.GET('/api/agents/executions', { params: { query: { trace_id: runId } } }))).items,
  })

/** One real call. A model that fails is an answer, not an error. */
export const useTestModel = () =>
  useMutation({ mutationFn: (model: string) => data(api.POST('/api/models/test', { body: { model } })) })
