import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'

interface RadioCardProps {
  /** Of the group. */
  name: string
  title: string
  checked: boolean
  onChoose: () => void
  isLocked?: boolean
  /** What choosing it means. */
  children?: ReactNode
  /** At its right side. */
  action?: ReactNode
}

/** One of a few that need some words each. */
export function RadioCard({ name, title, checked, onChoose, isLocked, children, action }: RadioCardProps) {
  return (
    <label
      className={cn(
        'flex cursor-pointer items-start gap-3 rounded-lg border p-3 has-checked:border-primary has-checked:bg-primary-soft has-focus-visible:outline-2 has-focus-visible:outline-ring',
        isLocked && 'cursor-not-allowed opacity-70',
      )}
    >
      <input
        type="radio"
        name={name}
        className="mt-1 accent-primary outline-none"
        checked={checked}
        onChange={onChoose}
      />
      <span className="min-w-0 flex-1">
        <span className="block font-medium text-sm">{title}</span>
        <span className="block text-[13px] text-muted-foreground">{children}</span>
      </span>
      {action}
    </label>
  )
}
