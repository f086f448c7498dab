import { Link } from '@tanstack/react-router'
import type { Dashboard } from '@/api/dashboard'
import { formatCompact, formatMoney, formatNumber, formatPercent, plural } from '@/lib/format'
import { costChart } from './series'
import { StatsCard } from './stats-card'
import { changeOf, changeOfShare, shareOf } from './trend'

/** The figures of the period, each against the one before. */
export function Stats({ dashboard }: { dashboard: Dashboard }) {
  const { period, previous, daily } = dashboard
  const rate = shareOf(period.delivered, period.sent)
  const cost = Number(period.cost) + Number(dashboard.models_period.cost)
  const costBefore = Number(previous.cost) + Number(dashboard.models_previous.cost)
  const active = (dashboard.campaigns.processing ?? 0) + (dashboard.campaigns.pending ?? 0)
  const paused = dashboard.campaigns.paused ?? 0
  return (
    <dl className="grid grid-cols-2 gap-3 lg:grid-cols-3 2xl:grid-cols-6">
      <StatsCard
        label="Texts sent"
        value={formatCompact(period.sent)}
        trend={changeOf(period.sent, previous.sent)}
        good="up"
        note={`${formatNumber(dashboard.today.sent)} today`}
        points={daily.map((day) => day.sent)}
      />
      <StatsCard
        label="Delivery rate"
        value={formatPercent(rate)}
        trend={changeOfShare(rate, shareOf(previous.delivered, previous.sent))}
        good="up"
        note={`${formatNumber(period.undelivered + period.refused)} failed`}
      />
      <StatsCard
        label="Replies"
        value={formatCompact(period.received)}
        trend={changeOf(period.received, previous.received)}
        good="up"
        note={`from ${plural(period.replied_leads, 'person', 'people')}`}
        points={daily.map((day) => day.received)}
      />
      <StatsCard
        label="Opt-outs"
        value={formatCompact(period.opted_out)}
        trend={changeOf(period.opted_out, previous.opted_out)}
        good="down"
        note={period.sent > 0 ? `${formatPercent(shareOf(period.opted_out, period.sent))} of texts` : ''}
      />
      <StatsCard
        label="Cost"
        value={formatMoney(cost)}
        trend={changeOf(cost, costBefore)}
        note={`${formatMoney(dashboard.models_period.cost)} for models`}
        points={costChart(daily).days.map((day) => day.total)}
        more={
          <Link
            to="/settings/$section"
            params={{ section: 'budget' }}
            className="font-medium text-primary-text hover:underline"
          >
            Budgets
          </Link>
        }
      />
      <StatsCard
        label="Active campaigns"
        value={formatNumber(active)}
        note={[paused > 0 && `${paused} paused`, `${formatNumber(dashboard.waiting_texts)} texts waiting`]
          .filter(Boolean)
          .join(', ')}
      />
    </dl>
  )
}
