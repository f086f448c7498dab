import { ArrowDownRight, ArrowRight, ArrowUpRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { Sparkline } from './sparkline'
import type { Trend } from './trend'

const ICONS = { up: ArrowUpRight, down: ArrowDownRight, flat: ArrowRight }

interface StatsCardProps {
  label: string
  value: string
  /** Against the period before. */
  trend?: Trend | null
  /** Which direction is welcome; without it a trend is only told. */
  good?: 'up' | 'down'
  /** What the figure is made of. */
  note?: string
  points?: number[]
  /** Where one finds out more. */
  more?: ReactNode
}

/** One figure that is read at a glance: what, how much, which way. */
export function StatsCard({ label, value, trend, good, note, points, more }: StatsCardProps) {
  return (
    <div className="flex min-w-0 flex-col rounded-lg border bg-surface px-4 py-3 shadow-sm">
      <dt className="truncate text-[13px] text-muted-foreground">{label}</dt>
      <dd className="mt-0.5 flex items-end justify-between gap-2">
        <span className="tabular font-semibold text-2xl leading-8 tracking-tight">{value}</span>
        {points && <Sparkline points={points} />}
      </dd>
      <dd className="mt-1 flex min-h-5 flex-wrap items-center gap-x-2 text-xs">
        {trend && <TrendMark trend={trend} good={good} />}
        {note && <span className="truncate text-muted-foreground">{note}</span>}
        {more}
      </dd>
    </div>
  )
}

function TrendMark({ trend, good }: { trend: Trend; good: 'up' | 'down' | undefined }) {
  const Icon = ICONS[trend.direction]
  const isJudged = good !== undefined && trend.direction !== 'flat'
  return (
    <span
      className={cn(
        'tabular inline-flex items-center gap-0.5 font-medium text-muted-foreground',
        isJudged && (trend.direction === good ? 'text-success-text' : 'text-danger-text'),
      )}
      title="Against as many days before"
    >
      <Icon className="size-3.5" aria-hidden />
      {trend.words}
    </span>
  )
}
