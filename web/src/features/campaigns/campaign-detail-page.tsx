import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Download, Pencil, RotateCcw } from 'lucide-react'
import { type Campaign, campaignQuery, exportAddress } from '@/api/campaigns'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { StackedProgress } from '@/components/ui/progress'
import { ErrorState, Notice, Skeleton } from '@/components/ui/states'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'
import { formatNumber, plural } from '@/lib/format'
import { useShortcuts } from '@/lib/shortcuts'
import { useTopics } from '@/live/use-live'
import { CampaignStatus, Pace } from './campaign-card'
import { FlowTab, RunsTab } from './flow-tab'
import { LeadsTab } from './leads-tab'
import { LogTab } from './log-tab'
import { OverviewTab } from './overview-tab'
import { SettingsTab } from './settings-tab'
import { progressParts, progressPercent, verbsOf } from './states'
import { StatsCards } from './stats-cards'
import { useVerbs } from './use-verbs'
import { MainVerb, VerbMenu } from './verb-buttons'

const route = getRouteApi('/campaigns/$campaignId')

const TABS = [
  { id: 'overview', label: 'Overview', key: '1' },
  { id: 'flow', label: 'Flow', key: '2' },
  { id: 'leads', label: 'Leads', key: '3' },
  { id: 'runs', label: 'Runs', key: '4' },
  { id: 'log', label: 'Log', key: '5' },
  { id: 'settings', label: 'Settings', key: '6' },
] as const
type Tab = (typeof TABS)[number]['id']

export function CampaignDetailPage() {
  const { campaignId } = route.useParams()
  useTopics(`campaign:${campaignId}`)
  const { data: campaign, error, refetch } = useQuery(campaignQuery(campaignId))
  if (campaign) return <Detail campaign={campaign} />
  return (
    <Page title="Campaign" parent={<Link to="/campaigns">Campaigns</Link>}>
      {error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingDetail />}
    </Page>
  )
}

function LoadingDetail() {
  return (
    <div className="grid gap-4" role="status" aria-label="Loading">
      <Skeleton className="h-3" />
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        {Array.from({ length: 6 }, (_, index) => (
          <Skeleton key={index} className="h-20" />
        ))}
      </div>
      <Skeleton className="h-72" />
    </div>
  )
}

function Detail({ campaign }: { campaign: Campaign }) {
  const { tab = 'overview' } = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  const show = (next: Tab) => void navigate({ search: { tab: next === 'overview' ? undefined : next } })
  useShortcuts(
    TABS.map(({ id, label, key }) => ({ keys: key, label: `Show ${label}`, group: 'Campaign', run: () => show(id) })),
  )
  const isFilled = tab !== 'overview' && tab !== 'settings'
  return (
    <Page
      title={campaign.name}
      parent={
        <Link to="/campaigns" className="hover:underline">
          Campaigns
        </Link>
      }
      mark={<CampaignStatus campaign={campaign} />}
      mode={isFilled ? 'fill' : 'scroll'}
      actions={<Actions campaign={campaign} />}
    >
      {!isFilled && (
        <div className="mb-4 grid gap-4">
          <ProgressLine campaign={campaign} />
          <StatsCards stats={campaign.stats} />
        </div>
      )}
      <Tabs
        value={tab}
        onValueChange={(next) => show(next as Tab)}
        className={isFilled ? 'flex min-h-0 flex-1 flex-col' : ''}
      >
        <TabsList aria-label="Views of the campaign" className="mb-3 shrink-0">
          {TABS.map(({ id, label }) => (
            <TabsTrigger key={id} value={id}>
              {label}
              {id === 'leads' && (
                <span className="tabular text-muted-foreground">{formatNumber(campaign.stats.total_leads)}</span>
              )}
            </TabsTrigger>
          ))}
        </TabsList>
        <TabsContent value="overview">
          <OverviewTab campaign={campaign} />
        </TabsContent>
        <TabsContent value="flow" className="flex min-h-0 flex-1 flex-col">
          <FlowTab campaign={campaign} />
        </TabsContent>
        <TabsContent value="runs" className="flex min-h-0 flex-1 flex-col">
          <RunsTab campaign={campaign} />
        </TabsContent>
        <TabsContent value="leads" className="flex min-h-0 flex-1 flex-col">
          <LeadsTab campaign={campaign} />
        </TabsContent>
        <TabsContent value="log" className="flex min-h-0 flex-1 flex-col">
          <LogTab campaign={campaign} />
        </TabsContent>
        <TabsContent value="settings">
          <SettingsTab campaign={campaign} />
        </TabsContent>
      </Tabs>
    </Page>
  )
}

function Actions({ campaign }: { campaign: Campaign }) {
  const navigate = useNavigate()
  const verbs = useVerbs(campaign, () => void navigate({ to: '/campaigns' }))
  const legal = verbsOf(campaign)
  return (
    <>
      {legal.includes('edit') && (
        <Button onClick={() => verbs.run('edit')}>
          <Pencil /> Edit
        </Button>
      )}
      {legal.includes('export') && (
        <Button asChild>
          <a href={exportAddress(campaign.id)} download>
            <Download aria-hidden /> Export
          </a>
        </Button>
      )}
      {legal.includes('retry') && (
        <Button isBusy={verbs.busy === 'retry'} onClick={() => verbs.run('retry')}>
          {verbs.busy !== 'retry' && <RotateCcw />} Retry failed ({formatNumber(campaign.stats.failed)})
        </Button>
      )}
      <VerbMenu campaign={campaign} run={verbs.run} without={['edit', 'export', 'retry']} />
      <MainVerb campaign={campaign} run={verbs.run} busy={verbs.busy} />
      {verbs.dialogs}
    </>
  )
}

function ProgressLine({ campaign }: { campaign: Campaign }) {
  const { stats, status } = campaign
  return (
    <div className="grid gap-1.5">
      {campaign.status_reason && (
        <Notice tone={status === 'failed' ? 'danger' : 'warning'} className="mb-1.5">
          {campaign.status_reason}
        </Notice>
      )}
      <StackedProgress label="Progress" parts={progressParts(stats)} total={stats.total_leads} className="h-2.5" />
      <p className="tabular flex flex-wrap items-center gap-x-3 gap-y-1 text-[13px] text-muted-foreground">
        <span>
          {progressPercent(stats)} % of {plural(stats.total_leads, 'lead')}
        </span>
        {stats.pending > 0 && <span>{formatNumber(stats.pending)} pending</span>}
        {stats.waiting > 0 && <span>{formatNumber(stats.waiting)} on their way</span>}
        <span className="flex items-center gap-1.5 sm:ml-auto">
          <Pace campaign={campaign} />
        </span>
      </p>
    </div>
  )
}
