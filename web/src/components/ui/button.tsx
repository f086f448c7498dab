import { cva, type VariantProps } from 'class-variance-authority'
import { LoaderCircle } from 'lucide-react'
import { Slot } from 'radix-ui'
import type { ComponentProps, KeyboardEvent, MouseEvent } from 'react'
import { cn } from '@/lib/cn'

const variants = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      variant: {
        primary: 'bg-primary text-primary-foreground shadow-sm hover:bg-primary-hover',
        secondary: 'border bg-surface text-foreground shadow-sm hover:bg-accent',
        ghost: 'text-muted-foreground hover:bg-accent hover:text-foreground data-[state=open]:bg-accent',
        danger: 'bg-danger text-white shadow-sm hover:bg-danger-hover',
        link: 'h-auto! px-0! text-primary-text underline-offset-4 hover:underline',
      },
      size: {
        sm: 'h-7 px-2.5 text-[13px]',
        md: 'h-8 px-3 text-[13px]',
        lg: 'h-10 px-4 text-sm',
        icon: 'size-8',
        'icon-sm': 'size-7',
      },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
)

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof variants> {
  /** Renders its only child (a link, say) as the button. */
  asChild?: boolean
  /** Shows that the action is under way, and refuses a second one. */
  isBusy?: boolean
}

const refuse = (event: MouseEvent | KeyboardEvent) => {
  event.preventDefault()
  event.stopPropagation()
}

/** Not `disabled`: that would take the focus away from whoever pressed it by key. */
const BUSY = {
  'aria-busy': true,
  'aria-disabled': true,
  onClick: refuse,
  onKeyDown: (event: KeyboardEvent) => {
    if (/^(Enter| |ArrowDown|ArrowUp)$/.test(event.key)) refuse(event)
  },
}

export function Button({
  className,
  variant,
  size,
  asChild,
  isBusy,
  children,
  disabled,
  type = 'button',
  ...props
}: ButtonProps) {
  const classes = cn(variants({ variant, size }), className)
  if (asChild) {
    return (
      <Slot.Root className={classes} {...props}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <button type={type} className={classes} disabled={disabled} {...props} {...(isBusy && BUSY)}>
      {isBusy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  )
}
