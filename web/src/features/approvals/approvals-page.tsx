import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { CheckCheck } from 'lucide-react'
import { type ApprovalStatus, approvalsQuery } from '@/api/approvals'
import { useRows } from '@/components/data-table/rows'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { useTopics } from '@/live/use-live'
import { ApprovalCard } from './approval-card'

const VIEWS = [
  { value: 'waiting', label: 'Waiting' },
  { value: 'all', label: 'All' },
] as const

/** What agents drafted: a person approves, changes or rejects, and only then it leaves. */
export function ApprovalsPage() {
  const search = useSearch({ from: '/approvals' })
  const navigate = useNavigate()
  const view = search.view ?? 'waiting'
  const status: ApprovalStatus | undefined = view === 'waiting' ? 'waiting' : undefined
  const rows = useRows(useInfiniteQuery(approvalsQuery(status)))
  useTopics('approvals')
  return (
    <Page
      title="Approvals"
      description="Nothing that an agent drafts here leaves before you approve it."
      actions={
        <Segmented
          label="Which"
          value={view}
          choices={VIEWS}
          onChange={(next) =>
            void navigate({ to: '/approvals', search: { view: next === 'all' ? 'all' : undefined }, replace: true })
          }
        />
      }
    >
      {rows.error && rows.items.length === 0 ? (
        <ErrorState error={rows.error} onRetry={rows.refetch} />
      ) : rows.isPending ? (
        <SkeletonLines count={6} />
      ) : rows.items.length === 0 ? (
        <EmptyState icon={CheckCheck} title={view === 'waiting' ? 'Nothing waits for you' : 'Nothing was drafted yet'}>
          Open a lead and choose “Research this lead”: the agents draft the next step, and it waits here.
        </EmptyState>
      ) : (
        <ul className="grid max-w-3xl gap-4">
          {rows.items.map((approval) => (
            <li key={approval.id}>
              <ApprovalCard approval={approval} />
            </li>
          ))}
        </ul>
      )}
      {rows.hasNextPage && (
        <Button className="mt-4" isBusy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
          Show more
        </Button>
      )}
    </Page>
  )
}
