import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { paged } from './query'

export type CrmConnection = Schemas['CrmConnectionOut']
export type CrmConnectionIn = Schemas['CrmConnectionIn']
export type CrmConnectionPatch = Schemas['CrmConnectionPatch']
export type CrmProblem = Schemas['CrmProblemOut']
export type CrmLogEntry = Schemas['CrmLogEntry']
export type CrmField = Schemas['CrmRemoteFieldOut']
export type FieldMap = Schemas['FieldMap']
export type CrmDecision = Schemas['CrmDecisionIn']['decision']
export type BackfillAction = Schemas['CrmBackfillIn']['action']

export const crmKeys = {
  all: ['crm'] as const,
  connections: ['crm', 'connections'] as const,
  problems: (id: number) => ['crm', 'problems', id] as const,
  log: (id: number) => ['crm', 'log', id] as const,
  fields: (id: number) => ['crm-fields', id] as const,
}

const at = (id: number) => ({ path: { connection_id: id } })

export const crmAccountsQuery = () =>
  queryOptions({ queryKey: ['crm-accounts'], queryFn: () => data(api.GET('/api/crm/accounts')) })

export const crmConnectionsQuery = () =>
  queryOptions({
    queryKey: crmKeys.connections,
    queryFn: async () => (await data(api.GET('/api/crm/connections'))).items,
    refetchInterval: pollWhenNotLive,
  })

/** Asks their side, so it is asked once and kept. */
export const crmFieldsQuery = (id: number) =>
  queryOptions({
    queryKey: crmKeys.fields(id),
    queryFn: () => data(api.GET('/api/crm/connections/{connection_id}/fields', { params: at(id) })),
    staleTime: 5 * 60_000,
    retry: false,
  })

export const crmProblemsQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: crmKeys.problems(id),
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/crm/problems', { params: { query: { connection_id: id, cursor: pageParam, limit: 50 } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

export const crmLogQuery = (id: number) =>
  infiniteQueryOptions({
    queryKey: crmKeys.log(id),
    queryFn: ({ pageParam }) =>
      data(
        api.GET('/api/crm/connections/{connection_id}/log', {
          params: { ...at(id), query: { cursor: pageParam, limit: 50 } },
        }),
      ),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

function useCrmMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({ mutationFn, onSettled: () => client.invalidateQueries({ queryKey: crmKeys.all }) })
}

export const useConnectCrm = () =>
  useCrmMutation((body: CrmConnectionIn) => data(api.POST('/api/crm/connections', { body })))

export const useChangeCrm = () =>
  useCrmMutation(({ id, ...body }: CrmConnectionPatch & { id: number }) =>
    data(api.PATCH('/api/crm/connections/{connection_id}', { params: at(id), body })),
  )

export const useDeleteCrm = () =>
  useCrmMutation((id: number) => data(api.DELETE('/api/crm/connections/{connection_id}', { params: at(id) })))

export const useTestCrm = () =>
  useCrmMutation((id: number) => data(api.POST('/api/crm/connections/{connection_id}/test', { params: at(id) })))

export const useSyncCrm = () =>
  useCrmMutation((id: number) => data(api.POST('/api/crm/connections/{connection_id}/sync', { params: at(id) })))

export const useBackfillCrm = () =>
  useCrmMutation(({ id, action }: { id: number; action: BackfillAction }) =>
    data(api.POST('/api/crm/connections/{connection_id}/backfill', { params: at(id), body: { action } })),
  )

export const useRetryCrm = () =>
  useCrmMutation((id: number) => data(api.POST('/api/crm/connections/{connection_id}/retry', { params: at(id) })))

export const useDecideCrm = () =>
  useCrmMutation(({ id, decision }: { id: number; decision: CrmDecision }) =>
    data(
      api.POST('/api/crm/problems/{problem_id}/decide', { params: { path: { problem_id: id } }, body: { decision } }),
    ),
  )

export const usePreviewMapping = () =>
  useMutation({
    mutationFn: ({ id, mapping }: { id: number; mapping: FieldMap[] }) =>
      data(api.POST('/api/crm/connections/{connection_id}/preview', { params: at(id), body: { mapping } })),
  })
