import { CheckCheck, CircleDollarSign, type LucideIcon, MessageSquareReply, OctagonX, Send, Target } from 'lucide-react'
import type { ReactNode } from 'react'
import type { CampaignStats } from '@/api/campaigns'
import { formatMoney, formatNumber, formatPercent } from '@/lib/format'
import { shareOf } from './states'

/** The key figures of a campaign. */
export function StatsCards({ stats }: { stats: CampaignStats }) {
  return (
    <dl className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
      <Card icon={Send} label="Sent" value={formatNumber(stats.sms_sent)}>
        of {formatNumber(stats.total_leads)} leads
      </Card>
      <Card icon={CheckCheck} label="Delivered" value={formatNumber(stats.delivered)}>
        {formatPercent(shareOf(stats.delivered, stats.sms_sent))} of sent
      </Card>
      <Card icon={MessageSquareReply} label="Replied" value={formatNumber(stats.replied)}>
        {formatPercent(shareOf(stats.replied, stats.sms_sent))} of sent
      </Card>
      <Card icon={OctagonX} label="Opted out" value={formatNumber(stats.opted_out)}>
        {formatPercent(shareOf(stats.opted_out, stats.sms_sent))} of sent
      </Card>
      <Card icon={Target} label="Success rate" value={formatPercent(stats.success_rate)}>
        leads completed
      </Card>
      <Card icon={CircleDollarSign} label="Cost" value={formatMoney(stats.cost)}>
        {formatMoney(stats.texts_cost)} texts, {formatMoney(stats.models_cost)} models
      </Card>
    </dl>
  )
}

function Card({
  icon: Icon,
  label,
  value,
  children,
}: {
  icon: LucideIcon
  label: string
  value: string
  children: ReactNode
}) {
  return (
    <div className="rounded-lg border bg-surface px-4 py-3 shadow-sm">
      <dt className="flex items-center gap-1.5 text-[13px] text-muted-foreground">
        <Icon className="size-4" aria-hidden />
        {label}
      </dt>
      <dd>
        <span className="tabular block font-semibold text-xl tracking-tight">{value}</span>
        <span className="tabular block text-muted-foreground text-xs">{children}</span>
      </dd>
    </div>
  )
}
