import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type SetupState = Schemas['SetupState']

export const setupQuery = () =>
  queryOptions({
    // Below the dashboard's key: whatever makes its figures stale may have finished a step.
    queryKey: ['dashboard', 'setup'] as const,
    queryFn: () => data(api.GET('/api/setup')),
  })

/** Loads the shipped leads and a draft campaign; everything may be new afterwards. */
export function useLoadDemo() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => data(api.POST('/api/demo', { body: null })),
    onSuccess: () => client.invalidateQueries(),
  })
}
