import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { dashboardQuery } from '@/api/dashboard'
import { setupQuery } from '@/api/setup'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { ErrorState, Skeleton } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { ActiveCampaigns } from './active-campaigns'
import { AttentionList } from './attention-list'
import { DailyCard } from './daily-card'
import { FirstRun } from './first-run'
import { FunnelCard } from './funnel-card'
import { MeetingsAhead } from './meetings-ahead'
import { Stats } from './stats'

const PERIODS = ['7', '30', '90'] as const
const CHOICES = PERIODS.map((days) => ({ value: days, label: `${days} days` }))
type Days = 7 | 30 | 90
const USUAL: Days = 30

/** How it goes, and what needs a person; before the first text, how to get there. */
export function DashboardPage() {
  const { days = USUAL } = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const setup = useQuery(setupQuery())
  const dashboard = useQuery(dashboardQuery(days))
  // A campaign whose texts still wait for the morning is worth a look, too.
  const isFirstRun = setup.data?.has_sent === false && dashboard.data?.active_campaigns.length === 0
  const choose = (choice: (typeof PERIODS)[number]) =>
    navigate({
      search: (before) => ({ ...before, days: choice === String(USUAL) ? undefined : (Number(choice) as Days) }),
      replace: true,
    })
  if (setup.data && isFirstRun) {
    return (
      <Page title="Dashboard" description="From nothing to the first reply.">
        <FirstRun setup={setup.data} />
      </Page>
    )
  }
  const figures = setup.isPending ? undefined : dashboard.data
  return (
    <Page
      title="Dashboard"
      description="How your campaigns do, and what needs you."
      actions={
        <>
          <Segmented label="Period" value={`${days}`} choices={CHOICES} onChange={choose} />
          <Button asChild variant="primary">
            <Link to="/campaigns/new">
              <Plus /> New campaign
            </Link>
          </Button>
        </>
      }
    >
      {!figures && dashboard.error && <ErrorState error={dashboard.error} onRetry={dashboard.refetch} />}
      {!figures && !dashboard.error && <Loading />}
      {figures && (
        <div className={cn('grid gap-4 transition-opacity', dashboard.isPlaceholderData && 'opacity-60')}>
          <Stats dashboard={figures} />
          <div className="grid gap-4 xl:grid-cols-[3fr_2fr]">
            <ActiveCampaigns campaigns={figures.active_campaigns} />
            <div className="grid content-start gap-4">
              <AttentionList items={figures.attention} />
              <MeetingsAhead />
            </div>
          </div>
          <div className="grid gap-4 xl:grid-cols-2">
            <FunnelCard steps={figures.funnel} />
            <DailyCard daily={figures.daily} />
          </div>
        </div>
      )}
    </Page>
  )
}

function Loading() {
  return (
    <div className="grid gap-4" role="status" aria-label="Loading">
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-3 2xl:grid-cols-6">
        {Array.from({ length: 6 }, (_, card) => (
          <Skeleton key={card} className="h-26 rounded-lg" />
        ))}
      </div>
      <div className="grid gap-4 xl:grid-cols-2">
        <Skeleton className="h-64 rounded-lg" />
        <Skeleton className="h-64 rounded-lg" />
      </div>
    </div>
  )
}
