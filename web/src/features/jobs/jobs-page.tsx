import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { failedJobsQuery, queueQuery } from '@/api/jobs'
import { Page } from '@/components/layout/page'
import { ErrorState, Skeleton } from '@/components/ui/states'
import { FailedJobs } from './failed-jobs'
import { JobSheet } from './job-sheet'
import { QueueOverview } from './queue-overview'

/** The background work: how much waits, what failed; `?job=12` shows one failed job. */
export function JobsPage() {
  const search = useSearch({ from: '/jobs' })
  const navigate = useNavigate({ from: '/jobs' })
  const queue = useQuery(queueQuery())
  const failed = useInfiniteQuery(failedJobsQuery())
  const opened = failed.data?.pages.flatMap((page) => page.items).find((job) => job.id === search.job)
  return (
    <Page
      title="Jobs"
      description="What Outrider does in the background: imports, chunks of campaigns, answers, upkeep."
    >
      {!queue.data && queue.error && <ErrorState error={queue.error} onRetry={queue.refetch} />}
      {queue.isPending && <Skeleton className="h-64 rounded-lg" />}
      {queue.data && (
        <div className="grid gap-4">
          <QueueOverview queue={queue.data} />
          <FailedJobs count={queue.data.failed} onOpen={(job) => navigate({ search: { job: job.id } })} />
        </div>
      )}
      {opened && <JobSheet job={opened} onClose={() => navigate({ search: {} })} />}
    </Page>
  )
}
