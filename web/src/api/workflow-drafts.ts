/** Editing workflows: drafts, versions, trying them out. Nothing here is sent to anybody. */
import { keepPreviousData, queryOptions, skipToken, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'
import type { paths } from './schema'
import { type Workflow, type WorkflowDefinition, workflowKeys } from './workflows'

export type Problem = Schemas['WorkflowProblem']

const of = (id: number) => ({ params: { path: { workflow_id: id } } })

/** Everything that stands in the way of publishing a definition. */
export const checkDefinition = async (config: WorkflowDefinition): Promise<Problem[]> =>
  (await data(api.POST('/api/workflows/validate', { body: { config } }))).problems

export type ExpressionWanted = Omit<Schemas['ExpressionIn'], 'config'>

/** What an expression comes to for a real lead. */
export const expressionQuery = (wanted: ExpressionWanted | null, definition: () => WorkflowDefinition) =>
  queryOptions({
    queryKey: ['workflows', 'expression', wanted] as const,
    queryFn: wanted
      ? () => data(api.POST('/api/workflows/expression', { body: { ...wanted, config: definition() } }))
      : skipToken,
    placeholderData: keepPreviousData,
    retry: false,
  })

/** Names that expressions know besides the steps. */
export const variablesQuery = () =>
  queryOptions({
    queryKey: ['workflows', 'variables'] as const,
    queryFn: () => data(api.GET('/api/workflows/variables')),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })

type OptionKind = paths['/api/workflows/options']['get']['parameters']['query']['of']

/** What fields of steps are chosen from; a name that the server does not know is an error at once. */
export const workflowOptionsQuery = (of: string) =>
  queryOptions({
    queryKey: ['workflows', 'options', of] as const,
    queryFn: async () => {
      const options = await data(api.GET('/api/workflows/options', { params: { query: { of: of as OptionKind } } }))
      return options.map(({ value, label }) => ({ value, label }))
    },
    retry: false,
  })

export function useSaveDraft(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (draft: { config: WorkflowDefinition; revision: number }) =>
      data(api.PUT('/api/workflows/{workflow_id}/draft', { ...of(id), body: draft })),
    // What is known of the workflow stays true without asking for all of it after each pause of the typing.
    onSuccess: (saved, { config }) =>
      client.setQueryData<Workflow>(
        workflowKeys.one(id),
        (before) =>
          before && { ...before, draft: config as unknown as Workflow['config'], draft_revision: saved.revision },
      ),
  })
}

export type Difference = Schemas['Difference']
/** A version by its number, or the draft. */
export type Side = number | 'draft'

/** What leads from one side to the other; `revision` is that of the draft, for it is another one after each change. */
export const differenceQuery = (id: number, from: Side, to: Side, revision: number) =>
  queryOptions({
    queryKey: [...workflowKeys.one(id), 'difference', from, to, revision] as const,
    queryFn: () =>
      data(
        api.GET('/api/workflows/{workflow_id}/diff', {
          params: { path: { workflow_id: id }, query: { from: String(from), to: String(to) } },
        }),
      ),
  })

/** Name and description; what runs stays as it is. */
export const useRenameWorkflow = (id: number) =>
  useChange((wanted: { name: string; description: string }) =>
    data(api.PUT('/api/workflows/{workflow_id}', { ...of(id), body: { ...wanted, publish: false } })),
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
    data(api.POST('/api/workflows/{workflow_id}/publish', { ...of(id), body: wanted })),
  )

export const useRestore = (id: number) =>
  useChange((version: number) =>
    data(
      api.POST('/api/workflows/{workflow_id}/versions/{number}/restore', {
        params: { path: { workflow_id: id, number: version } },
      }),
    ),
  )

export const useCopyWorkflow = () =>
  useChange((id: number) => data(api.POST('/api/workflows/{workflow_id}/copy', { ...of(id), body: {} })))

export const useCreateWorkflow = () =>
  useChange((wanted: Schemas['WorkflowIn']) => data(api.POST('/api/workflows', { body: wanted })))

export const useDeleteWorkflow = () =>
  useChange((id: number) => data(api.DELETE('/api/workflows/{workflow_id}', { params: { path: { workflow_id: id } } })))

export type Described = Schemas['DescribedWorkflow']

export const useDescribe = () =>
  useMutation({
    mutationFn: (text: string) => data(api.POST('/api/workflows/describe', { body: { text } })),
  })

export type TriedStep = Schemas['DryStep']
export type TriedRun = Schemas['DryRun']
export type DryRunWanted = Schemas['DryRunIn']
export type WaitAnswer = Schemas['WaitAnswer']

export const useDryRun = () =>
  useMutation({
    mutationFn: (wanted: DryRunWanted) => data(api.POST('/api/workflows/dry-run', { body: wanted })),
  })

export const useRunNode = () =>
  useMutation({
    mutationFn: ({ type, ...body }: Schemas['NodeRunIn'] & { type: string }) =>
      data(api.POST('/api/workflows/nodes/{node_type}/run', { params: { path: { node_type: type } }, body })),
  })

export type WorkflowFile = Schemas['WorkflowFile']

/** A workflow from an exported file; it comes as a draft. */
export const useImportWorkflow = () =>
  useChange((file: WorkflowFile) => data(api.POST('/api/workflows/import', { body: file })))
