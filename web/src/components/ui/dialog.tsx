import { cva } from 'class-variance-authority'
import { X } from 'lucide-react'
import { AlertDialog as AlertPrimitive, Dialog as Primitive } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { Button } from './button'
import { useReturnFocus } from './return-focus'

const overlay =
  'fixed inset-0 z-50 bg-black/40 data-[state=closed]:animate-out data-[state=open]:animate-in data-[state=closed]:fade-out-0 data-[state=open]:fade-in-0'

const content = cva('fixed z-50 flex flex-col bg-surface shadow-lg outline-none data-[state=open]:animate-in', {
  variants: {
    side: {
      center:
        'top-1/2 left-1/2 max-h-[88dvh] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 rounded-xl border data-[state=open]:fade-in-0 data-[state=open]:zoom-in-98',
      right:
        'inset-y-0 right-0 w-full border-l sm:max-w-xl data-[state=open]:slide-in-from-right-8 data-[state=open]:fade-in-0',
      left: 'inset-y-0 left-0 w-72 border-r data-[state=open]:slide-in-from-left-8 data-[state=open]:fade-in-0',
    },
  },
})

export const Dialog = Primitive.Root
export const DialogTrigger = Primitive.Trigger
export const DialogClose = Primitive.Close

interface DialogContentProps extends Omit<ComponentProps<typeof Primitive.Content>, 'title'> {
  title: ReactNode
  description?: ReactNode
  side?: 'center' | 'right' | 'left'
  /** Buttons at the bottom. */
  footer?: ReactNode
}

/** A dialog (`side="center"`) or a sheet. */
export function DialogContent({
  title,
  description,
  side = 'center',
  footer,
  className,
  children,
  ...props
}: DialogContentProps) {
  const focus = useReturnFocus(props)
  return (
    <Primitive.Portal>
      <Primitive.Overlay className={overlay} />
      <Primitive.Content
        className={cn(content({ side }), side === 'center' && 'max-w-lg', className)}
        {...(description ? {} : { 'aria-describedby': undefined })}
        {...props}
        {...focus}
      >
        <header className="flex items-start gap-4 border-b px-5 py-3.5">
          <div className="min-w-0 flex-1">
            <Primitive.Title className="font-semibold text-[15px]">{title}</Primitive.Title>
            {description && (
              <Primitive.Description className="mt-0.5 text-[13px] text-muted-foreground">
                {description}
              </Primitive.Description>
            )}
          </div>
          <Primitive.Close asChild>
            <Button variant="ghost" size="icon-sm" aria-label="Close">
              <X />
            </Button>
          </Primitive.Close>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 py-4">{children}</div>
        {footer && (
          <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">{footer}</footer>
        )}
      </Primitive.Content>
    </Primitive.Portal>
  )
}

interface ConfirmProps {
  open: boolean
  onOpenChange: (open: boolean) => void
  title: string
  description: ReactNode
  action: string
  /** The button that leaves everything as it is; says so where "Cancel" could be taken for the action. */
  stay?: string
  isDangerous?: boolean
  isBusy?: boolean
  onConfirm: () => void
}

/** Asks before something that can't be undone; names what will happen. */
export function Confirm({
  open,
  onOpenChange,
  title,
  description,
  action,
  stay = 'Cancel',
  isDangerous,
  isBusy,
  onConfirm,
}: ConfirmProps) {
  const focus = useReturnFocus()
  return (
    <AlertPrimitive.Root open={open} onOpenChange={onOpenChange}>
      <AlertPrimitive.Portal>
        <AlertPrimitive.Overlay className={overlay} />
        <AlertPrimitive.Content {...focus} className={cn(content({ side: 'center' }), 'max-w-md gap-2 p-5')}>
          <AlertPrimitive.Title className="font-semibold text-[15px]">{title}</AlertPrimitive.Title>
          <AlertPrimitive.Description asChild>
            <div className="text-muted-foreground text-sm">{description}</div>
          </AlertPrimitive.Description>
          <div className="mt-3 flex flex-wrap justify-end gap-2">
            <AlertPrimitive.Cancel asChild>
              <Button>{stay}</Button>
            </AlertPrimitive.Cancel>
            <Button variant={isDangerous ? 'danger' : 'primary'} isBusy={isBusy ?? false} onClick={onConfirm}>
              {action}
            </Button>
          </div>
        </AlertPrimitive.Content>
      </AlertPrimitive.Portal>
    </AlertPrimitive.Root>
  )
}
