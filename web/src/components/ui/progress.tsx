import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'
import type { Tone } from './badge'

const FILLS: Record<Tone, string> = {
  neutral: 'bg-border-strong',
  primary: 'bg-primary',
  success: 'bg-success',
  warning: 'bg-warning',
  danger: 'bg-danger',
  info: 'bg-info',
}

export interface Part {
  label: string
  value: number
  tone: Tone
}

interface ProgressProps {
  label: string
  /** 0–100. Without it the bar only shows that something is under way. */
  value?: number | undefined
  tone?: Tone
  className?: string
}

export function Progress({ label, value, tone = 'primary', className }: ProgressProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value == null ? undefined : Math.round(value)}
      className={cn('h-1.5 w-full overflow-hidden rounded-full bg-accent', className)}
    >
      <div
        className={cn(
          'h-full rounded-full transition-[width] duration-500',
          FILLS[tone],
          value == null && 'w-1/3 animate-pulse',
        )}
        style={value == null ? undefined : { width: `${Math.min(100, Math.max(0, value))}%` }}
      />
    </div>
  )
}

/** Several shares of one whole in one bar. */
export function StackedProgress({
  label,
  parts,
  total,
  className,
}: {
  label: string
  parts: Part[]
  total: number
  className?: string
}) {
  const shown = parts.filter((part) => part.value > 0)
  const words = shown.map((part) => `${part.label} ${formatNumber(part.value)}`).join(', ')
  return (
    <div
      role="img"
      aria-label={`${label}: ${words || 'nothing yet'}`}
      className={cn('flex h-2 w-full gap-px overflow-hidden rounded-full bg-accent', className)}
    >
      {shown.map((part) => (
        <div
          key={part.label}
          title={`${part.label}: ${formatNumber(part.value)}`}
          className={cn('h-full transition-[width] duration-500', FILLS[part.tone])}
          style={{ width: `${(part.value / Math.max(total, 1)) * 100}%` }}
        />
      ))}
    </div>
  )
}
