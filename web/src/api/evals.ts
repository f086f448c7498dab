import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type EvalRun = Schemas['EvalRunOut']
export type EvalRunDetail = Schemas['EvalRunDetail']
export type EvalIn = Schemas['EvalIn-Input']
export type Played = Schemas['Played']

const evalKeys = { all: ['evals'] as const, run: (id: number) => ['evals', 'one', id] as const }

/** Runs tell of their progress to whoever asks. */
const POLL_MS = 2000

export const isUnderWay = (run: Pick<EvalRun, 'status'>): boolean =>
  run.status === 'waiting' || run.status === 'running'

export const evalsQuery = () =>
  queryOptions({
    queryKey: evalKeys.all,
    queryFn: () => data(api.GET('/api/evals')),
    refetchInterval: (query) => (query.state.data?.some(isUnderWay) ? POLL_MS : false),
  })

export const evalQuery = (id: number) =>
  queryOptions({
    queryKey: evalKeys.run(id),
    queryFn: () => data(api.GET('/api/evals/{run_id}', { params: { path: { run_id: id } } })),
    refetchInterval: (query) => (query.state.data && isUnderWay(query.state.data) ? POLL_MS : false),
  })

export function useStartEval() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: EvalIn) => data(api.POST('/api/evals', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: evalKeys.all }),
  })
}
