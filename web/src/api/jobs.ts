import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'
import { dashboardKeys } from './dashboard'
import { paged } from './query'

export type QueueState = Schemas['QueueState']
export type QueueDepth = Schemas['QueueDepth']
export type FailedJob = Schemas['FailedJob']

export const jobKeys = {
  all: ['jobs'] as const,
  queue: ['jobs', 'queue'] as const,
  failed: ['jobs', 'failed'] as const,
}

/** Depth of the queue changes without an event for every job, so it is asked for while it is looked at. */
const LOOK_MS = 3000

export const queueQuery = () =>
  queryOptions({ queryKey: jobKeys.queue, queryFn: () => data(api.GET('/api/jobs')), refetchInterval: LOOK_MS })

export const failedJobsQuery = () =>
  infiniteQueryOptions({
    queryKey: jobKeys.failed,
    queryFn: ({ pageParam }) =>
      data(api.GET('/api/jobs/failed', { params: { query: { cursor: pageParam, limit: 100 } } })),
    refetchInterval: pollWhenNotLive,
    ...paged,
  })

function useJobMutation<Input, Output>(mutationFn: (input: Input) => Promise<Output>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: jobKeys.all }),
        client.invalidateQueries({ queryKey: dashboardKeys.all }),
      ]),
  })
}

/** Several by number, or all: as many as the person was told, so that none is meant that nobody saw. */
export type JobsMeant = { ids: number[] } | { all: true; count: number }

const meant = (jobs: JobsMeant) => ({ ids: [], all: false, ...jobs })

export const useRequeueJobs = () =>
  useJobMutation((jobs: JobsMeant) => data(api.POST('/api/jobs/requeue', { body: meant(jobs) })))

export const useDeleteJobs = () =>
  useJobMutation((jobs: JobsMeant) => data(api.POST('/api/jobs/failed/bulk-delete', { body: meant(jobs) })))
