import { keepPreviousData, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { ApiProblem, api, data, type Schemas } from './client'

export type Agent = Schemas['AgentOut']
export type AgentIn = Schemas['AgentIn']
export type AgentPatch = Schemas['AgentPatch']
export type AgentType = Schemas['BuiltInAgent']['agent_type']
export type AgentStatus = Schemas['AgentStatus']
export type AgentVersion = Schemas['AgentVersionOut']
export type AgentDiff = Schemas['AgentDiff']
export type BuiltInAgent = Schemas['BuiltInAgent']
export type Variable = Schemas['VariableOut']
export type Tool = Schemas['ToolOut']
export type PromptPreview = Schemas['PromptPreview']

export const agentKeys = {
  all: ['agents'] as const,
  part: (...names: unknown[]) => ['agents', ...names] as const,
}

export const agentsQuery = () =>
  queryOptions({ queryKey: agentKeys.all, queryFn: () => data(api.GET('/api/agents')), staleTime: 60_000 })

export const builtInAgentsQuery = () =>
  queryOptions({
    queryKey: agentKeys.part('built-in'),
    queryFn: () => data(api.GET('/api/agents/built-in')),
    staleTime: 60_000,
  })

export const agentStatusQuery = () =>
  queryOptions({
    queryKey: agentKeys.part('status'),
    queryFn: () => data(api.GET('/api/agents/status')),
    refetchInterval: 30_000,
  })

export const agentQuery = (id: number) =>
  queryOptions({
    queryKey: agentKeys.part('one', id),
    queryFn: () => data(api.GET('/api/agents/{agent_id}', { params: { path: { agent_id: id } } })),
  })

export const variablesQuery = () =>
  queryOptions({
    queryKey: agentKeys.part('variables'),
    queryFn: () => data(api.GET('/api/agents/variables')),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const toolsQuery = () =>
  queryOptions({
    queryKey: agentKeys.part('tools'),
    queryFn: () => data(api.GET('/api/agents/tools')),
    staleTime: Number.POSITIVE_INFINITY,
  })

export const promptPreviewQuery = (prompt: string, leadId: number | undefined, campaignId: number | undefined) =>
  queryOptions({
    queryKey: agentKeys.part('preview', prompt, leadId, campaignId),
    queryFn: ({ signal }) =>
      data(
        api.POST('/api/agents/preview', {
          body: {
            system_prompt: prompt,
            ...(leadId !== undefined && { lead_id: leadId }),
            ...(campaignId !== undefined && { campaign_id: campaignId }),
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })

export const versionsQuery = (id: number) =>
  queryOptions({
    queryKey: agentKeys.part('versions', id),
    queryFn: () => data(api.GET('/api/agents/{agent_id}/versions', { params: { path: { agent_id: id } } })),
  })

/** What changed from one version to another; undefined is the draft. */
export const agentDiffQuery = (id: number, before: number | undefined, after: number | undefined) =>
  queryOptions({
    queryKey: agentKeys.part('diff', id, before, after),
    queryFn: () =>
      data(
        api.GET('/api/agents/{agent_id}/diff', {
          params: {
            path: { agent_id: id },
            query: { ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
          },
        }),
      ),
  })

/** A change of an agent: what the server answers is shown at once, and lists are read again. */
function useAgentChange<Wanted>(change: (wanted: Wanted) => Promise<Agent>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: async (agent) => {
      client.setQueryData(agentQuery(agent.id).queryKey, agent)
      await client.invalidateQueries({ queryKey: agentKeys.all })
    },
    onError: (error) =>
      error instanceof ApiProblem && error.status === 409
        ? client.invalidateQueries({ queryKey: agentKeys.all })
        : undefined,
  })
}

export const useCreateAgent = () => useAgentChange((body: AgentIn) => data(api.POST('/api/agents', { body })))

/** A change that names a revision is refused if somebody changed the draft since; theirs is read then. */
export const useSaveAgent = (id: number) =>
  useAgentChange((body: AgentPatch) =>
    data(api.PATCH('/api/agents/{agent_id}', { params: { path: { agent_id: id } }, body })),
  )

export const usePublishAgent = (id: number) =>
  useAgentChange((body: Schemas['PublishIn']) =>
    data(api.POST('/api/agents/{agent_id}/publish', { params: { path: { agent_id: id } }, body })),
  )

export const useSetDefaultAgent = (id: number) =>
  useAgentChange((is_default: boolean) =>
    data(api.PUT('/api/agents/{agent_id}/default', { params: { path: { agent_id: id } }, body: { is_default } })),
  )

export const useRestoreVersion = (id: number) =>
  useAgentChange((number: number) =>
    data(api.POST('/api/agents/{agent_id}/versions/{number}/restore', { params: { path: { agent_id: id, number } } })),
  )

export const useRestoreBuiltIn = (id: number) =>
  useAgentChange((_: undefined) =>
    data(api.POST('/api/agents/{agent_id}/restore-built-in', { params: { path: { agent_id: id } } })),
  )

export const useCopyBuiltIn = () =>
  useAgentChange((agent_type: AgentType) =>
    data(api.POST('/api/agents/built-in/{agent_type}/copy', { params: { path: { agent_type } } })),
  )

export function useDeleteAgent() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => data(api.DELETE('/api/agents/{agent_id}', { params: { path: { agent_id: id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: agentKeys.all }),
  })
}
