/** Decisions and calls that paused runs ask people for. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Page } from './client'
import { paged } from './query'

interface Untyped {
  GET(path: string, init?: unknown): Promise<{ data?: unknown }>
  POST(path: string, init?: unknown): Promise<{ data?: unknown }>
}
const later = api as unknown as Untyped
const answer = <T>(call: Promise<{ data?: unknown }>): Promise<T> => data(call as Promise<{ data?: T }>)

export interface FormField {
  name: string
  label: string
  type: string
  required?: boolean
  options?: string[]
  /** What stands there at first. */
  value?: unknown
}

export type RunApprovalStatus = 'waiting' | 'decided' | 'timed_out' | 'cancelled'

export interface RunApproval {
  id: number
  run_id: number
  campaign_id: number
  campaign_name: string | null
  workflow_name: string | null
  lead_id: number
  lead_name: string
  lead_company: string | null
  lead_phone: string | null
  node_id: string
  visit: number
  /** `call`: a person calls the lead; the body is what to say, the actions are its outcomes. */
  kind: 'approval' | 'call'
  title: string
  body: string
  form: FormField[]
  actions: { name: string; label: string }[]
  assignee: string
  status: RunApprovalStatus
  action: string | null
  answers: Record<string, unknown> | null
  decided_by: string | null
  decided_at: string | null
  due_at: string | null
  created_at: string
}

/** Below the key of all approvals: the live topic `approvals` makes both kinds stale. */
export const runApprovalKeys = {
  all: ['approvals', 'runs'] as const,
  list: (status: RunApprovalStatus | undefined) => ['approvals', 'runs', 'list', status] as const,
  count: ['approvals', 'runs', 'count'] as const,
}

export const runApprovalsQuery = (status: RunApprovalStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: runApprovalKeys.list(status),
    queryFn: ({ pageParam }) =>
      answer<Page<RunApproval>>(
        later.GET('/api/run-approvals', { params: { query: { status, cursor: pageParam, limit: 20 } } }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

/** How many decisions runs wait for. */
export const waitingRunApprovalsQuery = () =>
  queryOptions({
    queryKey: runApprovalKeys.count,
    queryFn: async () => (await answer<{ waiting: number }>(later.GET('/api/run-approvals/counts'))).waiting,
    refetchInterval: pollWhenNotLive,
  })

/** Decides; the run goes on with it. */
export function useDecide(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (decision: { action: string; answers: Record<string, unknown> }) =>
      answer<RunApproval>(later.POST(`/api/run-approvals/${id}/decide`, { body: decision })),
    // Also after a refusal: somebody else decided, and that is to be seen.
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['approvals'] }),
        client.invalidateQueries({ queryKey: ['runs'] }),
      ]),
  })
}
