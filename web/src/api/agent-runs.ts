/** Runs of agents: those that were, and a new one as it happens. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { type AgentType, agentKeys } from './agents'
import { ApiProblem, api, data, problemOf, type Schemas } from './client'
import { paged } from './query'
import { events } from './sse'

export type Execution = Schemas['ExecutionOut']
export type ExecutionDetail = Schemas['ExecutionDetail']
export type ToolUse = Schemas['ToolUse']
export type ModelCall = Schemas['RunModelCall']
/** Every type's answer has these in common. */
export type Invoked = Schemas['ConversationAnswer'] | Schemas['QualificationAnswer'] | Schemas['AnalyticsAnswer']
export type AgentMessage = Schemas['AgentMessage']
export type Invocation =
  | Schemas['InvokeTalk']
  | Schemas['InvokeQualification']
  | Schemas['InvokeAnalytics']
  | Schemas['InvokeCompany']

export type RunEvent =
  | { name: 'agent'; data: Pick<Invoked, 'agent_id' | 'version' | 'name'> & { model: string; system_prompt: string } }
  | { name: 'text'; data: { text: string } }
  | { name: 'restarted'; data: { reason: string } }
  | { name: 'tool'; data: ToolUse }
  | { name: 'model'; data: ModelCall }
  | { name: 'result'; data: Invoked }

const PAGE = 50

/** Newest first: of one stored agent, or of all agents of a type. */
export const executionsQuery = (of: { agentId: number } | { agentType: AgentType }) =>
  infiniteQueryOptions({
    queryKey: agentKeys.part('executions', of),
    queryFn: ({ pageParam }) => {
      const query = { cursor: pageParam, limit: PAGE }
      return 'agentId' in of
        ? data(api.GET('/api/agents/{agent_id}/executions', { params: { path: { agent_id: of.agentId }, query } }))
        : data(api.GET('/api/agents/executions', { params: { query: { ...query, agent_type: of.agentType } } }))
    },
    ...paged,
  })

export const executionQuery = (id: number) =>
  queryOptions({
    queryKey: agentKeys.part('execution', id),
    queryFn: () => data(api.GET('/api/agents/executions/{execution_id}', { params: { path: { execution_id: id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })

/**
 * Runs an agent and tells what happens; nothing is sent or booked. Aborting the signal cancels the run.
 *
 * @throws ApiProblem when the agent can't be asked, or fails
 */
export async function invokeAgent(wanted: Invocation, onEvent: (event: RunEvent) => void, signal: AbortSignal) {
  const response = await fetch('/api/langgraph/invoke?stream=true', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(wanted),
    signal,
  }).catch((error) => {
    throw signal.aborted
      ? error
      : new ApiProblem(0, 'Outrider does not answer', 'The connection to the server is interrupted.')
  })
  if (!response.ok || !response.body) throw await problemOf(response)
  for await (const event of events(response.body)) {
    if (event.name === 'error') {
      const problem = JSON.parse(event.data)
      throw new ApiProblem(problem.status, problem.title, problem.detail, problem.remedy, [], problem.type)
    }
    onEvent({ name: event.name, data: JSON.parse(event.data) } as RunEvent)
  }
}
