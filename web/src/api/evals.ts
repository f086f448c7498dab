import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type EvalRun = Schemas['EvalRunOut']
export type EvalRunDetail = Schemas['EvalRunDetail']
export type EvalIn = Schemas['EvalIn']
export type EvalChoices = Schemas['EvalChoices']
export type Played = Schemas['Played']

const evalKeys = {
  all: ['evals'] as const,
  list: ['evals', 'list'] as const,
  choices: ['eval-choices'] as const,
  run: (id: number) => ['evals', 'one', id] as const,
}

export const isUnderWay = (run: Pick<EvalRun, 'status'>): boolean =>
  run.status === 'waiting' || run.status === 'running'

export const evalsQuery = () =>
  queryOptions({
    queryKey: evalKeys.list,
    queryFn: () => data(api.GET('/api/evals')),
    refetchInterval: pollWhenNotLive,
  })

export const evalQuery = (id: number) =>
  queryOptions({
    queryKey: evalKeys.run(id),
    queryFn: () => data(api.GET('/api/evals/{run_id}', { params: { path: { run_id: id } } })),
    refetchInterval: pollWhenNotLive,
  })

/** What can be played: it changes with a new version only. */
export const evalChoicesQuery = () =>
  queryOptions({
    queryKey: evalKeys.choices,
    queryFn: () => data(api.GET('/api/evals/choices')),
    staleTime: Number.POSITIVE_INFINITY,
  })

export function useCancelEval() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => data(api.POST('/api/evals/{run_id}/cancel', { params: { path: { run_id: id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: evalKeys.all }),
  })
}

export function useStartEval() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: EvalIn) => data(api.POST('/api/evals', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: evalKeys.all }),
  })
}
