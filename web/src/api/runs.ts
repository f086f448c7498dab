/** Executions of workflows: what they did, what they wait for, and how a workflow does over many of them. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Page, type Schemas } from './client'
import { paged, takeOver } from './query'
import type { RunApproval } from './run-approvals'
import type { WorkflowDefinition } from './workflows'

interface Untyped {
  GET(path: string, init?: unknown): Promise<{ data?: unknown }>
  POST(path: string, init?: unknown): Promise<{ data?: unknown }>
}
const later = api as unknown as Untyped
const answer = <T>(call: Promise<{ data?: unknown }>): Promise<T> => data(call as Promise<{ data?: T }>)

export type RunStatus = 'waiting' | 'completed' | 'failed' | 'stopped' | 'cancelled'
export type WaitKind = Schemas['WaitKind']

export interface Run {
  id: number
  status: RunStatus
  stop_reason: string | null
  lead_id: number | null
  lead_name: string
  lead_company: string | null
  campaign_id: number | null
  campaign_name: string | null
  workflow_id: number | null
  workflow_name: string | null
  workflow_version: number | null
  attempt: number
  step_count: number
  input_tokens: number
  output_tokens: number
  cost: string
  is_dry: boolean
  replay_of: number | null
  replay_from: string | null
  error: string | null
  error_node: string | null
  started_at: string
  updated_at: string
  finished_at: string | null
  waits: Pick<RunWait, 'node_id' | 'kind' | 'due_at'>[]
}

export interface RunStep {
  id: number
  seq: number
  /** Path of the node: `outer/inner` within a sub-workflow. */
  node_id: string
  node_name: string
  visit: number
  outcome: string
  level: string
  message: string
  error: string | null
  input: Record<string, unknown> | null
  output: Record<string, unknown> | null
  ms: number
  tokens: number
  cost: string
  details: Record<string, unknown>
  created_at: string
}

export interface RunWait {
  id: number
  node_id: string
  visit: number
  kind: WaitKind
  due_at: string | null
  details: Record<string, unknown>
  answer: Record<string, unknown> | null
  created_at: string
}

export interface RunEffect {
  id: number
  node_id: string
  visit: number
  kind: string
  payload: Record<string, unknown>
  state: 'queued' | 'working' | 'done' | 'failed' | 'unknown' | 'cancelled'
  answer_wanted: boolean
  result: Record<string, unknown> | null
  attempts: number
  error: string | null
  due_at: string | null
  decided_by: string | null
  created_at: string
  finished_at: string | null
}

export type RunText = Schemas['MessageOut'] & { node_id: string | null }

export interface RunDetail extends Run {
  definition: WorkflowDefinition
  model: string | null
  trace_id: string
  conversation_id: number | null
  /** The lead's. */
  time_zone: string
  newer_version: number | null
  steps: RunStep[]
  waits: RunWait[]
  texts: RunText[]
  effects: RunEffect[]
  approvals: RunApproval[]
  transcript: { role: string; content: string; metadata: Record<string, unknown>; created_at: string }[]
  intents: { node_id: string; kind: string; title: string; details: Record<string, unknown> }[]
  replays: Pick<Run, 'id' | 'status' | 'is_dry' | 'replay_from' | 'started_at'>[]
}

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
      answer<Page<Run>>(later.GET('/api/runs', { params: { query: { ...filter, cursor: pageParam, limit: 100 } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const runQuery = (id: number) =>
  queryOptions({
    queryKey: runKeys.one(id),
    queryFn: () => answer<RunDetail>(later.GET(`/api/runs/${id}`)),
    refetchInterval: pollWhenNotLive,
  })

export function useCancelRun(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => answer<unknown>(later.POST(`/api/runs/${id}/cancel`)),
    onSuccess: () => client.invalidateQueries({ queryKey: runKeys.all }),
  })
}

export interface ReplayWanted {
  from_node: string
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
