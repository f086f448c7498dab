import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { type CrmDecision, type CrmProblem, crmProblemsQuery, useDecideCrm } from '@/api/crm'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatAgo, humanize } from '@/lib/format'
import { toastProblem } from '@/lib/toast'

const KINDS = { conflict: 'Conflict', contact: 'Contact', twin: 'Same person', delivery: 'Not delivered' }
const CHOICES: Record<CrmProblem['kind'], [CrmDecision, string][]> = {
  conflict: [
    ['ours', 'Keep ours'],
    ['theirs', 'Take theirs'],
  ],
  delivery: [
    ['retry', 'Try again'],
    ['dismiss', 'Dismiss'],
  ],
  contact: [['dismiss', 'Dismiss']],
  twin: [['dismiss', 'Dismiss']],
}

/** What a person should look at, with what can be decided about it. */
export function Problems({ connectionId }: { connectionId: number }) {
  const query = useInfiniteQuery(crmProblemsQuery(connectionId))
  const decide = useDecideCrm()
  if (query.error) return <ErrorState error={query.error} onRetry={query.refetch} />
  if (!query.data) return <SkeletonLines />
  const problems = query.data.pages.flatMap((page) => page.items)
  if (problems.length === 0)
    return (
      <EmptyState icon={CircleCheck} title="No problems">
        Conflicts, contacts that became no lead, and refused deliveries appear here.
      </EmptyState>
    )
  return (
    <>
      <ul aria-label="Problems" className="divide-y rounded-md border">
        {problems.map((one) => (
          <li key={one.id} className="flex flex-wrap items-start gap-3 px-3 py-2.5 text-[13px]">
            <div className="min-w-0 flex-1 basis-64">
              <p className="flex flex-wrap items-center gap-2">
                <Badge tone="warning">{KINDS[one.kind]}</Badge>
                {one.lead_id && (
                  <Link to="/leads/$leadId" params={{ leadId: one.lead_id }} className="text-primary-text underline">
                    Lead {one.lead_id}
                  </Link>
                )}
                {one.kind !== 'delivery' && <span>Contact {one.external_id}</span>}
                <span className="text-muted-foreground">{formatAgo(one.created_at)}</span>
              </p>
              <p className="mt-1 break-words">{one.message}</p>
              {one.kind === 'conflict' && (
                <p className="break-words text-muted-foreground">
                  {humanize(one.field)}: ours “{one.ours}”, theirs “{one.theirs}”
                </p>
              )}
            </div>
            <div className="flex gap-2">
              {CHOICES[one.kind].map(([decision, label]) => (
                <Button
                  key={decision}
                  size="sm"
                  isBusy={decide.isPending && decide.variables.id === one.id && decide.variables.decision === decision}
                  onClick={() => decide.mutate({ id: one.id, decision }, { onError: toastProblem })}
                >
                  {label}
                </Button>
              ))}
            </div>
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
