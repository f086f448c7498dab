import { useInfiniteQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { crmLogQuery } from '@/api/crm'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatDateTime, formatDuration, formatNumber, humanize } from '@/lib/format'

const ACTIONS: Record<string, string> = {
  poll: 'Asked for changes',
  backfill: 'Backfill',
  webhook: 'They posted contacts',
  deliver: 'Delivered',
}

/** Exchanges that did something, or failed. */
export function ConnectionLog({ connectionId }: { connectionId: number }) {
  const query = useInfiniteQuery(crmLogQuery(connectionId))
  if (query.error) return <ErrorState error={query.error} onRetry={query.refetch} />
  if (!query.data) return <SkeletonLines />
  const entries = query.data.pages.flatMap((page) => page.items)
  if (entries.length === 0)
    return (
      <EmptyState icon={History} title="Nothing happened yet">
        Every exchange that changed something, or failed, is noted here.
      </EmptyState>
    )
  return (
    <>
      <ul aria-label="Log" className="divide-y rounded-md border">
        {entries.map((one) => (
          <li key={one.id} className="grid gap-0.5 px-3 py-2 text-[13px]">
            <p className="flex flex-wrap gap-x-3">
              <span className="font-medium">{ACTIONS[one.action] ?? humanize(one.action)}</span>
              <span className="text-muted-foreground">
                {formatDateTime(one.created_at)}, {formatDuration(one.seconds)}
              </span>
            </p>
            <p className="tabular text-muted-foreground">
              {Object.entries(one.counts)
                .filter(([, count]) => count > 0)
                .map(([name, count]) => `${formatNumber(count)} ${humanize(name).toLowerCase()}`)
                .join(', ')}
            </p>
            {one.problem && <p className="text-danger-text">{one.problem}</p>}
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3" isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          More
        </Button>
      )}
    </>
  )
}
