import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/lib/cn'

export function Card({ className, ...props }: ComponentProps<'section'>) {
  return <section className={cn('rounded-lg border bg-surface shadow-sm', className)} {...props} />
}

interface CardHeaderProps {
  title: ReactNode
  description?: ReactNode
  /** Before the title: a box to tick. */
  leading?: ReactNode
  /** Buttons or links at the right. */
  actions?: ReactNode
  className?: string
}

export function CardHeader({ title, description, leading, actions, className }: CardHeaderProps) {
  return (
    <header className={cn('flex items-start gap-3 px-4 pt-3.5 pb-2', className)}>
      {leading}
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold text-sm">{title}</h2>
        {description && <p className="text-[13px] text-muted-foreground">{description}</p>}
      </div>
      {actions && <div className="flex shrink-0 items-center gap-2">{actions}</div>}
    </header>
  )
}

export function CardBody({ className, ...props }: ComponentProps<'div'>) {
  return <div className={cn('px-4 pt-1 pb-4', className)} {...props} />
}
