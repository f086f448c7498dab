import { type ReactNode, useId } from 'react'
import { Label } from './label'

interface FieldProps {
  label: ReactNode
  /** What the field means; shown below it. */
  hint?: ReactNode
  /** What is wrong, and what to do about it. */
  error?: string | undefined
  required?: boolean
  /** Gets the ids that tie the control to its label, hint and error. */
  children: (control: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}

/** The one way in which a control is labelled. */
export function Field({ label, hint, error, required, children }: FieldProps) {
  const id = useId()
  const described = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className="grid content-start gap-1.5">
      <Label htmlFor={id}>
        {label}
        {required && <span className="ml-0.5 text-danger-text"> *</span>}
      </Label>
      {children({
        id,
        ...(described && { 'aria-describedby': described }),
        ...(error && { 'aria-invalid': true as const }),
      })}
      {error && (
        <p id={`${id}-error`} className="text-[13px] text-danger-text" role="alert">
          {error}
        </p>
      )}
      {hint && (
        <p id={`${id}-hint`} className="text-[13px] text-muted-foreground">
          {hint}
        </p>
      )}
    </div>
  )
}
