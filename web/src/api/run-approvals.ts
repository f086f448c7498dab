/** Decisions and calls that paused runs ask people for. */
import {
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type RunApproval = Schemas['RunApprovalOut']
export type RunApprovalStatus = Schemas['RunApprovalStatus']
export type DecisionOutcome = Schemas['DecisionOutcome']
export type FormField = Schemas['ApprovalField']

/** Below the key of all approvals: the live topic `approvals` makes both kinds stale. */
export const runApprovalKeys = {
  all: ['approvals', 'runs'] as const,
  list: (status: RunApprovalStatus | undefined, campaign: number | undefined) =>
    ['approvals', 'runs', 'list', status, campaign] as const,
  count: ['approvals', 'runs', 'count'] as const,
}

export const runApprovalsQuery = (status: RunApprovalStatus | undefined, campaign?: number) =>
  infiniteQueryOptions({
    queryKey: runApprovalKeys.list(status, campaign),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/run-approvals', {
          params: {
            query: { status: status ?? null, campaign_id: campaign ?? null, cursor: pageParam ?? null, limit: 50 },
          },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

/** How many decisions runs wait for. */
export const waitingRunApprovalsQuery = () =>
  queryOptions({
    queryKey: runApprovalKeys.count,
    queryFn: async () => (await data(api.GET('/api/run-approvals/counts'))).waiting,
    refetchInterval: pollWhenNotLive,
  })

/** Also after a refusal: somebody else decided, and that is to be seen. */
const seeAgain = (client: QueryClient) =>
  Promise.all([client.invalidateQueries({ queryKey: ['approvals'] }), client.invalidateQueries({ queryKey: ['runs'] })])

/** One decision for many, whose forms are handed in as they stand. */
export function useDecideTogether() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (decision: { ids: number[]; action: string }) =>
      (await data(api.POST('/api/run-approvals/decide', { body: decision }))).items,
    onSettled: () => seeAgain(client),
  })
}

/** Decides; the run goes on with it. */
export function useDecide(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (decision: { action: string; answers: Record<string, unknown> }) =>
      data(
        api.POST('/api/run-approvals/{approval_id}/decide', {
          params: { path: { approval_id: id } },
          body: decision,
        }),
      ),
    onSettled: () => seeAgain(client),
  })
}
