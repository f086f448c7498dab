import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type Agent = Schemas['AgentOut']
export type AgentIn = Schemas['AgentIn']

export const agentKeys = { all: ['agents'] as const }

export const agentsQuery = () =>
  queryOptions({ queryKey: agentKeys.all, queryFn: () => data(api.GET('/api/agents')), staleTime: 60_000 })

/** Creates an agent, or changes the one with this id. */
export function useSaveAgent() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, body }: { id: number | null; body: AgentIn }) =>
      id === null
        ? data(api.POST('/api/agents', { body }))
        : data(api.PATCH('/api/agents/{agent_id}', { params: { path: { agent_id: id } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: agentKeys.all }),
  })
}

export function useDeleteAgent() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => data(api.DELETE('/api/agents/{agent_id}', { params: { path: { agent_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: agentKeys.all }),
  })
}
