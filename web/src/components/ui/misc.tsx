import { Tooltip as TooltipPrimitive } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { initials } from '@/lib/format'

export const TooltipProvider = TooltipPrimitive.Provider

export function Tooltip({
  content,
  children,
  side = 'top',
}: {
  content: ReactNode
  children: ReactNode
  side?: 'top' | 'right' | 'bottom' | 'left'
}) {
  return (
    <TooltipPrimitive.Root>
      <TooltipPrimitive.Trigger asChild>{children}</TooltipPrimitive.Trigger>
      <TooltipPrimitive.Portal>
        <TooltipPrimitive.Content
          side={side}
          sideOffset={5}
          className="z-50 max-w-72 rounded-md bg-foreground px-2 py-1 text-background text-xs shadow-md"
        >
          {content}
        </TooltipPrimitive.Content>
      </TooltipPrimitive.Portal>
    </TooltipPrimitive.Root>
  )
}

export function Kbd({ className, ...props }: ComponentProps<'kbd'>) {
  return (
    <kbd
      className={cn(
        'inline-flex h-5 min-w-5 items-center justify-center rounded border bg-surface-sunken px-1 font-sans text-[11px] text-muted-foreground',
        className,
      )}
      {...props}
    />
  )
}

const HUES = [265, 190, 150, 75, 30, 350, 310, 230]

/** A person's initials on a colour of their own. */
export function Avatar({ name, className }: { name: string; className?: string }) {
  const sum = [...name].reduce((total, letter) => total + letter.charCodeAt(0), 0)
  return (
    <span
      aria-hidden
      style={{ backgroundColor: `oklch(0.5 0.11 ${HUES[sum % HUES.length]})` }}
      className={cn('grid size-8 shrink-0 place-items-center rounded-full font-medium text-white text-xs', className)}
    >
      {initials(name)}
    </span>
  )
}

/** Label and value pairs. */
export function Facts({ items, className }: { items: [string, ReactNode][]; className?: string }) {
  return (
    <dl className={cn('grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-[13px]', className)}>
      {items.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-muted-foreground">{label}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
