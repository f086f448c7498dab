import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ImportSummary, importsQuery, isRunning } from '@/api/imports'
import { Status, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatAgo, formatNumber } from '@/lib/format'

const STATES: Record<ImportSummary['status'], { label: string; tone: Tone }> = {
  pending: { label: 'Waiting', tone: 'neutral' },
  processing: { label: 'Importing', tone: 'primary' },
  completed: { label: 'Imported', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
}

function figures(one: ImportSummary): string {
  const parts = [
    `${formatNumber(one.rows_read)} rows`,
    one.rows_created > 0 && `${formatNumber(one.rows_created)} new`,
    one.rows_updated > 0 && `${formatNumber(one.rows_updated)} brought up to date`,
    one.rows_rejected > 0 && `${formatNumber(one.rows_rejected)} rejected`,
  ]
  return parts.filter(Boolean).join(' · ')
}

/** Earlier imports, the latest first. */
export function ImportHistory({ currentId }: { currentId: number | undefined }) {
  const query = useInfiniteQuery(importsQuery())
  const imports = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.isPending && imports.length === 0) return null
  return (
    <Card>
      <CardHeader title="Imports" />
      {query.isPending && <SkeletonLines className="p-4" />}
      <ul className="divide-y border-t">
        {imports.map((one) => (
          <li key={one.id}>
            <Link
              to="/leads/import"
              search={{ import_id: one.id }}
              aria-current={one.id === currentId ? 'true' : undefined}
              className={cn(
                'flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-[13px] hover:bg-accent',
                one.id === currentId && 'bg-accent',
              )}
            >
              <span className="min-w-0 flex-1 basis-48 truncate font-medium">{one.filename}</span>
              <span className="tabular text-muted-foreground">{figures(one)}</span>
              <span className="text-muted-foreground">{formatAgo(one.created_at)}</span>
              <Status tone={STATES[one.status].tone} pulse={isRunning(one.status)}>
                {STATES[one.status].label}
              </Status>
            </Link>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button
          variant="ghost"
          className="m-2"
          isBusy={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </Card>
  )
}
