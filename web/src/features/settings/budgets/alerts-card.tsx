import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type BudgetAlert, type BudgetReport, budgetAlertsQuery } from '@/api/budgets'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatAgo, formatDateTime } from '@/lib/format'
import { alertFigures, alertTitle, toneOf } from './words'

/** The times when a budget reached 50, 80 or 100 percent, the latest first. */
export function AlertsCard({ campaigns }: { campaigns: BudgetReport['campaigns'] }) {
  const query = useInfiniteQuery(budgetAlertsQuery())
  const alerts = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="Alerts"
        description={
          <>
            Each is told once for a period and limit. Who is told, and how, is set under{' '}
            <Link to="/settings/$section" params={{ section: 'notifications' }} className="text-primary-text underline">
              Notifications
            </Link>
            .
          </>
        }
      />
      {query.isPending && <SkeletonLines className="p-4" count={3} />}
      {query.isError && !query.data && <ErrorState error={query.error} onRetry={query.refetch} />}
      {query.data && alerts.length === 0 && (
        <p className="px-4 pb-4 text-[13px] text-muted-foreground">No budget has reached 50 % of its limit yet.</p>
      )}
      {alerts.length > 0 && (
        <ul className="divide-y border-t">
          {alerts.map((alert) => (
            <li key={alert.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 text-[13px]">
              <Status tone={toneOf(alert.threshold)}>{alertTitle(alert)}</Status>
              <Whose alert={alert} campaigns={campaigns} />
              <span className="tabular flex-1 whitespace-nowrap text-right text-muted-foreground">
                {alertFigures(alert)} ·{' '}
                <time title={formatDateTime(alert.created_at)} dateTime={alert.created_at}>
                  {formatAgo(alert.created_at)}
                </time>
              </span>
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <div className="border-t p-2 text-center">
          <Button size="sm" isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show earlier alerts
          </Button>
        </div>
      )}
    </Card>
  )
}

function Whose({ alert, campaigns }: { alert: BudgetAlert; campaigns: BudgetReport['campaigns'] }) {
  const id = alert.subject_id
  const className = 'text-primary-text hover:underline'
  if (id === null) return null
  if (alert.scope === 'campaign') {
    return (
      <Link to="/campaigns/$campaignId" params={{ campaignId: id }} className={className}>
        {campaigns.find((campaign) => campaign.subject_id === id)?.name ?? `Campaign ${id}`}
      </Link>
    )
  }
  return (
    <Link to="/conversations" search={{ view: 'all', status: 'any', thread: id }} className={className}>
      Conversation {id}
    </Link>
  )
}
