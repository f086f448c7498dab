import { type ReactNode, useId } from 'react'
import { Label } from './label'
import { Switch } from './toggles'

interface SwitchFieldProps {
  label: string
  checked: boolean
  disabled?: boolean
  onCheckedChange: (checked: boolean) => void
  /** What the present choice means. */
  children: ReactNode
}

/** A switch with its label and what it means. */
export function SwitchField({ label, checked, disabled, onCheckedChange, children }: SwitchFieldProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-3">
      <Switch
        id={id}
        aria-describedby={`${id}-hint`}
        checked={checked}
        {...(disabled !== undefined && { disabled })}
        onCheckedChange={onCheckedChange}
      />
      <div>
        <Label htmlFor={id}>{label}</Label>
        <p id={`${id}-hint`} className="text-[13px] text-muted-foreground">
          {children}
        </p>
      </div>
    </div>
  )
}
