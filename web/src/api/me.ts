import { queryOptions, useQuery } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type Me = Schemas['Me']

export const meQuery = () =>
  queryOptions({
    queryKey: ['me'] as const,
    queryFn: () => data(api.GET('/api/me')),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** The caller's name as others see it; empty until it is known. */
export const useMyName = (): string => useQuery(meQuery()).data?.name ?? ''
