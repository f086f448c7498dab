import { Link } from '@tanstack/react-router'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Campaign, CampaignStats } from '@/api/campaigns'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Progress, StackedProgress } from '@/components/ui/progress'
import { Notice } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatNumber, formatPercent, plural } from '@/lib/format'
import { funnelOf, isDeliveryAlarming, shareOf, skipWords } from './states'

interface LeadsSearch {
  tab: 'leads'
  status?: string
  reason?: string
  error?: string
  replied?: boolean
}

/** How far the leads came, and what kept the others. */
export function OverviewTab({ campaign }: { campaign: Campaign }) {
  const { stats } = campaign
  const skipped = Object.entries(stats.skipped_by_reason ?? {}).sort(([, one], [, other]) => other - one)
  const failures = Object.entries(stats.failures ?? {})
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Card>
        <CardHeader title="Funnel" description="From everybody in the campaign to those who answered." />
        <CardBody>
          <Funnel campaign={campaign} />
        </CardBody>
      </Card>
      <DeliveryCard campaign={campaign} />
      <Card>
        <CardHeader title="Failed" description={`${plural(stats.failed, 'lead')} could not be worked.`} />
        <CardBody>
          {failures.length === 0 ? (
            <Nothing>Nothing has failed.</Nothing>
          ) : (
            <Reasons
              id={campaign.id}
              rows={failures.map(([reason, count]) => ({
                label: reason === 'unknown' ? 'No reason was given' : reason,
                count,
                search: { tab: 'leads', status: 'failed', ...(reason !== 'unknown' && { error: reason }) },
              }))}
            />
          )}
        </CardBody>
      </Card>
      <Card>
        <CardHeader
          title="Skipped"
          description={`${plural(stats.skipped, 'lead')} left out by the rules of the campaign.`}
        />
        <CardBody>
          {skipped.length === 0 ? (
            <Nothing>Nobody was left out.</Nothing>
          ) : (
            <Reasons
              id={campaign.id}
              rows={skipped.map(([reason, count]) => ({
                label: skipWords(reason),
                count,
                search: { tab: 'leads', status: 'skipped', reason },
              }))}
            />
          )}
        </CardBody>
      </Card>
    </div>
  )
}

const Nothing = ({ children }: { children: ReactNode }) => (
  <p className="text-[13px] text-muted-foreground">{children}</p>
)

function Funnel({ campaign }: { campaign: Campaign }) {
  return (
    <ol className="grid gap-3">
      {funnelOf(campaign.stats).map((stage) => (
        <li key={stage.label}>
          <div className="mb-1 flex items-baseline gap-2 text-[13px]">
            {stage.search ? (
              <Link
                to="/campaigns/$campaignId"
                params={{ campaignId: campaign.id }}
                search={stage.search}
                className="font-medium underline-offset-4 hover:underline"
              >
                {stage.label}
              </Link>
            ) : (
              <span className="font-medium">{stage.label}</span>
            )}
            <span className="tabular ml-auto">{formatNumber(stage.value)}</span>
            <span className="tabular w-14 text-right text-muted-foreground text-xs">{formatPercent(stage.share)}</span>
          </div>
          <Progress label={stage.label} value={stage.share} className="h-2" />
        </li>
      ))}
    </ol>
  )
}

function DeliveryCard({ campaign }: { campaign: Campaign }) {
  const { stats } = campaign
  const errors = Object.entries(stats.delivery_failures ?? {})
  return (
    <Card>
      <CardHeader title="Delivery" description="What the carrier reports about the texts that left." />
      <CardBody className="grid gap-3">
        <StackedProgress
          label="Delivery"
          total={stats.sms_sent + stats.unknown}
          parts={[
            { label: 'Delivered', value: stats.delivered, tone: 'success' },
            { label: 'Not delivered', value: stats.undelivered, tone: 'danger' },
            { label: 'No answer of the carrier', value: stats.unknown, tone: 'warning' },
          ]}
        />
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {deliveryFigures(stats).map(([label, value]) => (
            <div key={label}>
              <dt className="text-muted-foreground text-xs">{label}</dt>
              <dd className="tabular font-semibold">{formatNumber(value)}</dd>
            </div>
          ))}
        </dl>
        {isDeliveryAlarming(stats) && (
          <Notice tone="danger">
            {formatPercent(shareOf(stats.undelivered, stats.sms_sent))} of the texts do not arrive. Pause the campaign
            and look at the errors below: carriers block senders that go on like this.
          </Notice>
        )}
        {errors.length > 0 && (
          <div>
            <h3 className="mb-1 font-medium text-[13px]">Top errors</h3>
            <Reasons
              id={campaign.id}
              rows={errors.map(([reason, count]) => ({
                label: reason,
                count,
                search: { tab: 'leads', status: 'completed', error: reason },
              }))}
            />
          </div>
        )}
      </CardBody>
    </Card>
  )
}

const deliveryFigures = (stats: CampaignStats): [string, number][] => [
  ['Delivered', stats.delivered],
  ['On the way', Math.max(0, stats.sms_sent - stats.delivered - stats.undelivered)],
  ['Not delivered', stats.undelivered],
  ['Not sure', stats.unknown],
]

/** Reasons with how many leads they concern; each leads to these leads. */
function Reasons({ id, rows }: { id: number; rows: { label: string; count: number; search: LeadsSearch }[] }) {
  const most = Math.max(...rows.map((row) => row.count))
  return (
    <ul className="-mx-2 grid">
      {rows.map((row) => (
        <li key={row.label}>
          <Link
            to="/campaigns/$campaignId"
            params={{ campaignId: id }}
            search={row.search}
            className="group relative flex items-center gap-3 rounded-md px-2 py-1.5 text-[13px] hover:bg-accent"
          >
            <span className="min-w-0 flex-1 break-words">{row.label}</span>
            <span className="h-1.5 w-16 shrink-0 overflow-hidden rounded-full bg-accent max-sm:hidden" aria-hidden>
              <span
                className={cn('block h-full rounded-full bg-border-strong')}
                style={{ width: `${(row.count / most) * 100}%` }}
              />
            </span>
            <span className="tabular w-12 shrink-0 text-right font-medium">{formatNumber(row.count)}</span>
            <ChevronRight className="size-4 shrink-0 text-muted-foreground" aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  )
}
