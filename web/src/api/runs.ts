/** Executions of workflows: what they did, what they wait for, and how a workflow does over many of them. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged, takeOver } from './query'
import type { WorkflowDefinition } from './workflows'

interface Untyped {
  GET(path: string, init?: unknown): Promise<{ data?: unknown }>
  POST(path: string, init?: unknown): Promise<{ data?: unknown }>
}
const later = api as unknown as Untyped
const answer = <T>(call: Promise<{ data?: unknown }>): Promise<T> => data(call as Promise<{ data?: T }>)

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
}

/** Everything of one run lies below its key, so that news of it makes all of that stale. */
export const runKeys = {
  all: ['runs'] as const,
  list: (filter: RunFilter) => ['runs', 'list', filter] as const,
  one: (id: number) => ['runs', 'one', id] as const,
  statistics: (workflowId: number, filter: StatisticsFilter) => ['runs', 'statistics', workflowId, filter] as const,
  flow: (campaignId: number) => ['runs', 'flow', campaignId] as const,
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

export interface ReplayWanted {
  from_node: string
  visit: number | null
  /** Null replays the version of the run. */
  version: number | null
  dry: boolean
}

/** A new run that begins within the old one. */
export function useReplay(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (wanted: ReplayWanted) => answer<RunDetail>(later.POST(`/api/runs/${id}/replay`, { body: wanted })),
    onSuccess: async (run) => {
      await takeOver(client, runKeys.one(run.id), run)
      return client.invalidateQueries({ queryKey: runKeys.all })
    },
  })
}

export interface StatisticsFilter {
  campaign_id?: number | undefined
  version?: number | undefined
}

export interface NodeFigures {
  node_id: string
  entered: number
  waiting: number
  failed: number
  /** Runs whose last step it is. */
  ended: number
  stopped: number
  outcomes: Record<string, number>
  median_ms: number | null
  p95_ms: number | null
  tokens: number
  cost: string
}

export interface Variant {
  name: string
  label: string
  leads: number
  replied: number
  rate: number
  low: number
  high: number
}

export interface SplitResult {
  node_id: string
  label: string
  measure: string
  variants: Variant[]
  verdict: { winner: string | null; is_clear: boolean; text: string }
}

export interface FlowStatistics {
  workflow_id: number | null
  version: number | null
  definition: WorkflowDefinition
  runs: Record<'total' | RunStatus, number>
  nodes: NodeFigures[]
  splits: SplitResult[]
}

/** What became of the runs of a workflow, per node. */
export const workflowStatisticsQuery = (workflowId: number, filter: StatisticsFilter) =>
  queryOptions({
    queryKey: runKeys.statistics(workflowId, filter),
    queryFn: () =>
      answer<FlowStatistics>(later.GET(`/api/workflows/${workflowId}/statistics`, { params: { query: filter } })),
    refetchInterval: pollWhenNotLive,
  })

/** The same of one campaign, whose definition may be its own. */
export const campaignFlowQuery = (campaignId: number) =>
  queryOptions({
    queryKey: runKeys.flow(campaignId),
    queryFn: () => answer<FlowStatistics>(later.GET(`/api/campaigns/${campaignId}/flow`)),
    refetchInterval: pollWhenNotLive,
  })
