import { CircleAlert, type LucideIcon, RotateCw, WifiOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { ApiProblem, isOffline } from '@/api/client'
import { cn } from '@/lib/cn'
import { Button } from './button'

export function Skeleton({ className }: { className?: string }) {
  return <div data-slot="skeleton" className={cn('animate-pulse rounded-md bg-accent', className)} aria-hidden />
}

/** Lines where text will be. */
export function SkeletonLines({ count = 3, className }: { count?: number; className?: string }) {
  return (
    <div className={cn('grid gap-2', className)} role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, line) => (
        <Skeleton key={line} className={cn('h-4', line === count - 1 && 'w-2/3')} />
      ))}
    </div>
  )
}

interface EmptyStateProps {
  icon?: LucideIcon
  title: string
  /** What is missing, and what comes first. */
  children?: ReactNode
  actions?: ReactNode
  className?: string
}

export function EmptyState({ icon: Icon, title, children, actions, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center justify-center px-6 py-12 text-center', className)}>
      {Icon && (
        <span className="mb-3 grid size-10 place-items-center rounded-lg bg-accent text-muted-foreground">
          <Icon className="size-5" aria-hidden />
        </span>
      )}
      <p className="font-semibold text-sm">{title}</p>
      {children && <div className="mt-1 max-w-md text-pretty text-muted-foreground text-sm">{children}</div>}
      {actions && <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}

/** What went wrong, what to do, and the button to try again. */
export function ErrorState({
  error,
  onRetry,
  className,
}: {
  error: unknown
  onRetry?: () => void
  className?: string
}) {
  const problem = error instanceof ApiProblem ? error : null
  const Icon = isOffline(error) ? WifiOff : CircleAlert
  return (
    <div role="alert" className={cn('flex flex-col items-center justify-center px-6 py-12 text-center', className)}>
      <span className="mb-3 grid size-10 place-items-center rounded-lg bg-danger-soft text-danger-text">
        <Icon className="size-5" aria-hidden />
      </span>
      <p className="font-semibold text-sm">{problem?.title ?? 'This part of the page broke down'}</p>
      <p className="mt-1 max-w-md text-pretty text-muted-foreground text-sm">
        {[problem?.detail ?? String(error), problem?.remedy].filter(Boolean).join(' ')}
      </p>
      {onRetry && (
        <Button className="mt-4" onClick={onRetry}>
          <RotateCw /> Try again
        </Button>
      )}
    </div>
  )
}

/** A short notice within a page. */
export function Notice({
  tone = 'info',
  icon: Icon,
  children,
  actions,
  className,
}: {
  tone?: 'info' | 'warning' | 'danger' | 'success'
  icon?: LucideIcon
  children: ReactNode
  actions?: ReactNode
  className?: string
}) {
  const tones = {
    info: 'bg-info-soft text-info-text',
    warning: 'bg-warning-soft text-warning-text',
    danger: 'bg-danger-soft text-danger-text',
    success: 'bg-success-soft text-success-text',
  }
  return (
    <div className={cn('flex items-start gap-2.5 rounded-md px-3 py-2 text-[13px]', tones[tone], className)}>
      {Icon && <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />}
      <div className="min-w-0 flex-1">{children}</div>
      {actions}
    </div>
  )
}
