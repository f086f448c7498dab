/** Editing workflows: drafts, versions, trying them out. Nothing here is sent to anybody. */
import { keepPreviousData, queryOptions, skipToken, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'
import { type Workflow, type WorkflowDefinition, type WorkflowVersion, workflowKeys } from './workflows'

type Problem = Schemas['FieldProblem']

interface Untyped {
  GET(path: string, init?: unknown): Promise<{ data?: unknown }>
  POST(path: string, init?: unknown): Promise<{ data?: unknown }>
  PUT(path: string, init?: unknown): Promise<{ data?: unknown }>
}
const later = api as unknown as Untyped
const answer = <T>(call: Promise<{ data?: unknown }>): Promise<T> => data(call as Promise<{ data?: T }>)

export interface DraftSaved {
  revision: number
}

/** Everything that stands in the way of publishing a definition. */
export const checkDefinition = async (config: WorkflowDefinition): Promise<Problem[]> =>
  (await data(api.POST('/api/workflows/validate', { body: { config } }))).problems

export interface ExpressionAnswer {
  value: unknown
  type: string
  warnings: string[]
}

export interface ExpressionWanted {
  text: string
  lead_id: number
  node_id: string
  steps: Record<string, unknown>
}

/** What an expression comes to for a real lead. */
export const expressionQuery = (wanted: ExpressionWanted | null, definition: () => WorkflowDefinition) =>
  queryOptions({
    queryKey: ['workflows', 'expression', wanted] as const,
    queryFn: wanted
      ? () =>
          answer<ExpressionAnswer>(
            later.POST('/api/workflows/expression', {
              body: { ...wanted, expression: wanted.text, config: definition() },
            }),
          )
      : skipToken,
    placeholderData: keepPreviousData,
    retry: false,
  })

/** Names that expressions know besides the steps. */
export const variablesQuery = () =>
  queryOptions({
    queryKey: ['workflows', 'variables'] as const,
    queryFn: () => answer<{ name: string; type: string; description: string }[]>(later.GET('/api/workflows/variables')),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

export function useSaveDraft(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (draft: { config: WorkflowDefinition; revision: number }) =>
      answer<DraftSaved>(later.PUT(`/api/workflows/${id}/draft`, { body: draft })),
    // What is known of the workflow stays true without asking for all of it after each pause of the typing.
    onSuccess: (saved, { config }) =>
      client.setQueryData<Workflow>(
        workflowKeys.one(id),
        (before) =>
          before && { ...before, draft: config as unknown as Workflow['config'], draft_revision: saved.revision },
      ),
  })
}

/** Name and description; what runs stays as it is. */
export const useRenameWorkflow = (id: number) =>
  useChange((wanted: { name: string; description: string }) =>
    answer<Workflow>(later.PUT(`/api/workflows/${id}`, { body: { ...wanted, publish: false } })),
  )

/** Everything that is known of a workflow is another one afterwards. */
function useChange<Input, Output>(change: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: () => client.invalidateQueries({ queryKey: workflowKeys.all }),
  })
}

export const usePublish = (id: number) =>
  useChange((wanted: { note: string; revision: number }) =>
    answer<WorkflowVersion>(later.POST(`/api/workflows/${id}/publish`, { body: wanted })),
  )

export const useRestore = (id: number) =>
  useChange((version: number) => answer<Workflow>(later.POST(`/api/workflows/${id}/versions/${version}/restore`)))

export const useCopyWorkflow = () =>
  useChange(({ id, name }: { id: number; name: string }) =>
    answer<Workflow>(later.POST(`/api/workflows/${id}/copy`, { body: { name } })),
  )

export const useCreateWorkflow = () =>
  useChange((wanted: { name: string; description: string; config: WorkflowDefinition; publish: boolean }) =>
    answer<Workflow>(later.POST('/api/workflows', { body: wanted })),
  )

export const useDeleteWorkflow = () =>
  useChange((id: number) => data(api.DELETE('/api/workflows/{workflow_id}', { params: { path: { workflow_id: id } } })))

export interface Described {
  name: string
  description: string
  explanation: string
  config: WorkflowDefinition
  problems: Problem[]
}

export const useDescribe = () =>
  useMutation({
    mutationFn: (text: string) => answer<Described>(later.POST('/api/workflows/describe', { body: { text } })),
  })

export interface TriedStep {
  node_id: string
  visit: number
  seq: number
  outcome: string
  message: string
  level: string
  input: Record<string, unknown>
  output: unknown
  ms: number
  tokens: number
  cost: string
  error: string | null
}

export interface TriedRun {
  lead_id: number
  lead_name: string
  status: string
  error: string | null
  steps: TriedStep[]
  texts: { node_id: string; body: string; segments: number }[]
  intents: { node_id: string; kind: string; title: string; details: Record<string, unknown> }[]
  tokens: number
  cost: string
}

export interface DryRunWanted {
  config: WorkflowDefinition
  lead_ids?: number[]
  list_id?: number
  campaign_id?: number
  sample?: number
  answers: Record<string, { event: string; data?: Record<string, unknown> }>
  pins: Record<string, unknown>
}

export const useDryRun = () =>
  useMutation({
    mutationFn: (wanted: DryRunWanted) =>
      answer<{ runs: TriedRun[] }>(later.POST('/api/workflows/dry-run', { body: wanted })),
  })

export interface NodeTried {
  step: TriedStep
  texts: TriedRun['texts']
  intents: TriedRun['intents']
}

export const useRunNode = () =>
  useMutation({
    mutationFn: ({
      type,
      ...body
    }: {
      type: string
      data: Record<string, unknown>
      lead_id: number
      steps: Record<string, unknown>
    }) => answer<NodeTried>(later.POST(`/api/workflows/nodes/${type}/run`, { body })),
  })

/** A workflow from an exported file; it comes as a draft. */
export const useImportWorkflow = () =>
  useChange((file: unknown) => answer<Workflow>(later.POST('/api/workflows/import', { body: file })))
