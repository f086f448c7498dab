import { cn } from '@/lib/cn'
import { formatMoney, formatPercent } from '@/lib/format'
import { MARKS, shareOf, toneOf } from './words'

const FILLS: Record<string, string> = { primary: 'bg-primary', warning: 'bg-warning', danger: 'bg-danger' }

interface BudgetBarProps {
  /** What the bar is of, for screen readers. */
  label: string
  spent: number
  /** Part of `spent` that is only reserved. */
  underWay?: number
  limit: number
  /** Where there is no room for the marks’ labels. */
  isSmall?: boolean
}

/** How much of a limit is gone, with the marks at which people are told. */
export function BudgetBar({ label, spent, underWay = 0, limit, isSmall }: BudgetBarProps) {
  const share = shareOf(spent, limit) ?? 0
  const settled = shareOf(spent - underWay, limit) ?? 0
  const fill = FILLS[toneOf(settled)]
  const width = (percent: number) => `${Math.min(100, Math.max(0, percent))}%`
  return (
    <div>
      <div
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.min(100, Math.round(share))}
        aria-valuetext={`${formatMoney(spent)} of ${formatMoney(limit)}, ${formatPercent(share, 0)}`}
        className="relative h-2 overflow-hidden rounded-full bg-accent"
      >
        <div className={cn('absolute inset-y-0 opacity-40', fill)} style={{ width: width(share) }} />
        <div
          className={cn('absolute inset-y-0 transition-[width] duration-500', fill)}
          style={{ width: width(settled) }}
        />
        {MARKS.slice(0, -1).map((mark) => (
          <div key={mark} className="absolute inset-y-0 w-0.5 bg-surface" style={{ left: `${mark}%` }} />
        ))}
      </div>
      {!isSmall && (
        <div className="relative mt-1 h-4 text-[11px] text-muted-foreground" aria-hidden>
          {MARKS.map((mark) => (
            <span
              key={mark}
              className={cn(
                'absolute',
                mark === 100 ? 'right-0' : '-translate-x-1/2',
                settled >= mark && 'text-foreground',
              )}
              style={mark === 100 ? undefined : { left: `${mark}%` }}
            >
              {mark} %
            </span>
          ))}
        </div>
      )}
    </div>
  )
}
