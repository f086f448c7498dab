import { type ReactNode, useId } from 'react'
import { Label } from '@/components/ui/label'

interface FieldRowProps {
  label: string
  hint?: string | undefined
  error?: string | undefined
  isRequired?: boolean
  /** A button at the right of the label. */
  action?: ReactNode
  children: (control: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
  /** Below the control. */
  footer?: ReactNode
}

/** A field of a step's form: like any other field, with room for a button beside its label. */
export function FieldRow({ label, hint, error, isRequired, action, children, footer }: FieldRowProps) {
  const id = useId()
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className="grid content-start gap-1">
      <div className="flex min-h-7 items-center justify-between gap-2">
        <Label htmlFor={id}>
          {label}
          {isRequired && <span className="ml-0.5 text-danger-text"> *</span>}
        </Label>
        {action}
      </div>
      {children({
        id,
        ...(described && { 'aria-describedby': described }),
        ...(error && { 'aria-invalid': true as const }),
      })}
      {error && (
        <p id={`${id}-error`} className="text-[13px] text-danger-text">
          {error}
        </p>
      )}
      {footer}
      {hint && (
        <p id={`${id}-hint`} className="text-muted-foreground text-xs">
          {hint}
        </p>
      )}
    </div>
  )
}
