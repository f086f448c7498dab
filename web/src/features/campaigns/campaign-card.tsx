import { CalendarClock, Gauge } from 'lucide-react'
import type { Campaign } from '@/api/campaigns'
import { Status } from '@/components/ui/badge'
import { StackedProgress } from '@/components/ui/progress'
import { Notice } from '@/components/ui/states'
import { formatAgo, formatCompact, formatDateTime, formatDuration, formatMoney, plural } from '@/lib/format'
import { isRunning, isScheduled, progressParts, progressPercent, rateWords, STATUSES, statusLabel } from './states'
import { useLiveCampaign } from './use-live-campaign'
import { useVerbs } from './use-verbs'
import { CampaignLink, MainVerb, VerbMenu } from './verb-buttons'

/** One campaign at a glance, with what may be done to it. */
export function CampaignCard({ campaign: listed }: { campaign: Campaign }) {
  const campaign = useLiveCampaign(listed)
  const verbs = useVerbs(campaign)
  const { stats, status } = campaign
  const isDraft = status === 'draft'
  return (
    <article className="flex flex-col rounded-lg border bg-surface p-4 shadow-sm transition-shadow focus-within:shadow-md hover:shadow-md">
      <header className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <h2 className="truncate font-semibold text-[15px]">
            <CampaignLink campaign={campaign} className="hover:underline hover:underline-offset-4" />
          </h2>
          <p className="truncate text-[13px] text-muted-foreground">
            {campaign.description || `Made ${formatAgo(campaign.created_at)}`}
          </p>
        </div>
        <CampaignStatus campaign={campaign} />
      </header>
      {campaign.status_reason && (
        <Notice tone={status === 'failed' ? 'danger' : 'warning'} className="mt-3">
          {campaign.status_reason}
        </Notice>
      )}
      {isDraft ? (
        <p className="mt-4 flex-1 text-[13px] text-muted-foreground">
          {draftWords(campaign)} Changed {formatAgo(campaign.updated_at)}.
        </p>
      ) : (
        <div className="mt-4 flex-1">
          <StackedProgress label="Progress" parts={progressParts(stats)} total={stats.total_leads} />
          <p className="tabular mt-1.5 flex justify-between gap-2 text-muted-foreground text-xs">
            <span>{plural(stats.total_leads, 'lead')}</span>
            <span>{progressPercent(stats)} %</span>
          </p>
          <Figures campaign={campaign} />
        </div>
      )}
      <footer className="mt-4 flex items-center gap-2">
        <p className="tabular flex min-w-0 flex-1 items-center gap-1.5 truncate text-muted-foreground text-xs">
          <Pace campaign={campaign} />
        </p>
        <VerbMenu campaign={campaign} run={verbs.run} />
        <MainVerb campaign={campaign} run={verbs.run} busy={verbs.busy} />
      </footer>
      {verbs.dialogs}
    </article>
  )
}

function draftWords({ audience, stats }: Campaign): string {
  const parts = [
    audience.list_ids?.length ? plural(audience.list_ids.length, 'list') : '',
    audience.filter ? 'a filter' : '',
    audience.lead_ids?.length || stats.total_leads
      ? plural((audience.lead_ids?.length ?? 0) + stats.total_leads, 'single lead')
      : '',
  ].filter(Boolean)
  return parts.length ? `Audience: ${parts.join(', ')}.` : 'No audience yet.'
}

function Figures({ campaign: { stats } }: { campaign: Campaign }) {
  const figures: [string, string][] = [
    ['Sent', formatCompact(stats.sms_sent)],
    ['Delivered', formatCompact(stats.delivered)],
    ['Replied', formatCompact(stats.replied)],
    ['Opted out', formatCompact(stats.opted_out)],
    ['Cost', formatMoney(stats.cost)],
  ]
  return (
    <dl className="mt-3 grid grid-cols-5 gap-2">
      {figures.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="truncate text-muted-foreground text-xs">{label}</dt>
          <dd className="tabular truncate font-semibold text-sm">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

export function CampaignStatus({ campaign }: { campaign: Campaign }) {
  return (
    <Status tone={STATUSES[campaign.status].tone} pulse={campaign.status === 'processing'}>
      {statusLabel(campaign)}
    </Status>
  )
}

/** How fast it goes and how long it still takes, or when it begins or ended. */
export function Pace({ campaign }: { campaign: Campaign }) {
  const { stats, status } = campaign
  if (isScheduled(campaign)) {
    return (
      <>
        <CalendarClock className="size-3.5" aria-hidden /> Launches {formatDateTime(campaign.scheduled_at)}
      </>
    )
  }
  if (isRunning(status) && stats.rate > 0) {
    return (
      <>
        <Gauge className="size-3.5" aria-hidden /> {rateWords(stats.rate)}
        {stats.eta_seconds != null && ` · about ${formatDuration(stats.eta_seconds)} left`}
      </>
    )
  }
  if (status === 'processing' && stats.waiting > 0) return <>{plural(stats.waiting, 'text')} on the way</>
  if (campaign.completed_at) return <>Ended {formatAgo(campaign.completed_at)}</>
  if (campaign.started_at) return <>Started {formatAgo(campaign.started_at)}</>
  return null
}
