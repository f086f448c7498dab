import { queryOptions, useMutation } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type Model = Schemas['ModelOut']
export type ModelTest = Schemas['ModelTest']

export const modelsQuery = () =>
  queryOptions({ queryKey: ['models'] as const, queryFn: () => data(api.GET('/api/models')), staleTime: 60_000 })

/** One real call. A model that fails is an answer, not an error. */
export const useTestModel = () =>
  useMutation({ mutationFn: (model: string) => data(api.POST('/api/models/test', { body: { model } })) })
