import type { ComponentProps } from 'react'
import { cn } from '@/lib/cn'

const field =
  'w-full rounded-md border border-border-strong/50 bg-surface px-2.5 text-sm shadow-sm transition-colors placeholder:text-muted-foreground hover:border-border-strong focus-visible:border-ring disabled:cursor-not-allowed disabled:opacity-60 aria-invalid:border-danger'

export function Input({ className, ...props }: ComponentProps<'input'>) {
  // Names and words are written in either direction.
  return <input dir="auto" className={cn(field, 'h-8', className)} {...props} />
}

export function Textarea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea dir="auto" className={cn(field, 'min-h-20 py-1.5 leading-relaxed', className)} {...props} />
}

/** The browser's own select: fastest, and best on phones and for screen readers. */
export function NativeSelect({ className, children, ...props }: ComponentProps<'select'>) {
  return (
    <select className={cn(field, 'h-8 pr-7', className)} {...props}>
      {children}
    </select>
  )
}
