/** Executions of workflows: what they did, what they wait for, and how a workflow does over many of them. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged, pollCounted, takeOver } from './query'

export type Run = Schemas['RunSummary']
export type RunDetail = Schemas['RunDetail']
export type RunStatus = Run['status']
export type RunStep = Schemas['RunStepOut']
export type RunWait = Schemas['RunWaitOut']
export type RunEffect = Schemas['RunEffectOut']
export type RunText = Schemas['RunText']
export type WaitKind = Schemas['WaitKind']

export interface RunFilter {
  lead_id?: number | undefined
  campaign_id?: number | undefined
  workflow_id?: number | undefined
  status?: RunStatus[] | undefined
  /** Waits or failed there. */
  node_id?: string | undefined
  /** Came there. */
  passed?: string | undefined
  error?: string | undefined
  search?: string | undefined
  /** One of its effects is in this state. */
  effect?: RunEffect['state'] | undefined
}

/** Everything of one run lies below its key, so that news of it makes all of that stale. */
export const runKeys = {
  all: ['runs'] as const,
  list: (filter: RunFilter) => ['runs', 'list', filter] as const,
  one: (id: number) => ['runs', 'one', id] as const,
  statistics: (workflowId: number, filter: StatisticsFilter) => ['runs', 'statistics', workflowId, filter] as const,
  flow: (campaignId: number, measure?: Measure) => ['runs', 'flow', campaignId, measure] as const,
}

export const runsQuery = (filter: RunFilter) =>
  infiniteQueryOptions({
    queryKey: runKeys.list(filter),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/runs', { params: { query: { ...filter, cursor: pageParam ?? null, limit: 100 } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const runQuery = (id: number) =>
  queryOptions({
    queryKey: runKeys.one(id),
    queryFn: () => data(api.GET('/api/runs/{run_id}', { params: { path: { run_id: id } } })),
    refetchInterval: pollWhenNotLive,
  })

export function useCancelRun(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => data(api.POST('/api/runs/{run_id}/cancel', { params: { path: { run_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: runKeys.all }),
  })
}

export interface EffectSettled {
  effectId: number
  happened: boolean
}

/** Says what became of an effect that nobody was sure of. The run is read anew also when somebody else said it first. */
export function useSettleEffect(runId: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ effectId, happened }: EffectSettled) =>
      data(
        api.POST('/api/runs/{run_id}/effects/{effect_id}/settle', {
          params: { path: { run_id: runId, effect_id: effectId } },
          body: { happened },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: runKeys.all }),
  })
}

export type ReplayWanted = Schemas['ReplayIn']

/** A new run that begins within the old one. */
export function useReplay(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: ReplayWanted) =>
      data(api.POST('/api/runs/{run_id}/replay', { params: { path: { run_id: id } }, body: wanted })),
    onSuccess: async (run) => {
      await takeOver(client, runKeys.one(run.id), run)
      return client.invalidateQueries({ queryKey: runKeys.all })
    },
  })
}

export interface StatisticsFilter {
  campaign_id?: number | undefined
  version?: number | undefined
  measure?: Measure | undefined
}

export type NodeFigures = Schemas['NodeFigures']
export type SplitResult = Schemas['SplitResult']
export type Variant = SplitResult['variants'][number]
/** What A/B tests are judged by. */
export type Measure = SplitResult['measure']
export type FlowStatistics = Schemas['FlowStatistics']

/** What became of the runs of a workflow, per node. Judged otherwise, the figures stay while they are judged. */
export const workflowStatisticsQuery = (workflowId: number, filter: StatisticsFilter) =>
  queryOptions({
    queryKey: runKeys.statistics(workflowId, filter),
    queryFn: () =>
      data(
        api.GET('/api/workflows/{workflow_id}/statistics', {
          params: { path: { workflow_id: workflowId }, query: filter },
        }),
      ),
    placeholderData: (before, query) => (query?.queryKey[2] === workflowId ? before : undefined),
    refetchInterval: (query) => pollCounted(query.state.data),
  })

/** The same of one campaign, whose definition may be its own. */
export const campaignFlowQuery = (campaignId: number, measure?: Measure) =>
  queryOptions({
    queryKey: runKeys.flow(campaignId, measure),
    queryFn: () =>
      data(
        api.GET('/api/campaigns/{campaign_id}/flow', {
          params: { path: { campaign_id: campaignId }, query: measure ? { measure } : {} },
        }),
      ),
    placeholderData: (before, query) => (query?.queryKey[2] === campaignId ? before : undefined),
    refetchInterval: (query) => pollCounted(query.state.data),
  })
