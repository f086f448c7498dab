import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type Approval = Schemas['ApprovalOut']
export type ApprovalStatus = Schemas['ApprovalStatus']

export const approvalKeys = {
  all: ['approvals'] as const,
  list: (status: ApprovalStatus | undefined) => ['approvals', 'list', status] as const,
  count: ['approvals', 'count'] as const,
}

export const approvalsQuery = (status: ApprovalStatus | undefined) =>
  infiniteQueryOptions({
    queryKey: approvalKeys.list(status),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/approvals', { params: { query: { status, cursor: pageParam, limit: 20 } as never } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

/** How many drafts wait for a person. */
export const waitingApprovalsQuery = () =>
  queryOptions({
    queryKey: approvalKeys.count,
    queryFn: async () => (await data(api.GET('/api/approvals/counts'))).waiting,
    refetchInterval: pollWhenNotLive,
  })

function useDecided() {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: approvalKeys.all }),
      client.invalidateQueries({ queryKey: ['conversations'] }),
      client.invalidateQueries({ queryKey: ['timeline'] }),
    ])
}

/** Lets the draft leave; with `text` that one instead. */
export function useApprove(id: number) {
  const decided = useDecided()
  return useMutation({
    mutationFn: (text: string) =>
      data(
        api.POST('/api/approvals/{approval_id}/approve', {
          params: { path: { approval_id: id } },
          body: { text, note: '' },
        }),
      ),
    onSuccess: decided,
  })
}

export function useReject(id: number) {
  const decided = useDecided()
  return useMutation({
    mutationFn: (note: string) =>
      data(api.POST('/api/approvals/{approval_id}/reject', { params: { path: { approval_id: id } }, body: { note } })),
    onSuccess: decided,
  })
}
