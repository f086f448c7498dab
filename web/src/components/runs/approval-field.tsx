import type { ControllerRenderProps } from 'react-hook-form'
import type { FormField } from '@/api/run-approvals'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Checkbox } from '@/components/ui/toggles'
import type { FormValues } from './approval-form'

interface DecisionFieldProps {
  field: FormField
  control: ControllerRenderProps<FormValues, string>
  error: string | undefined
}

/** One field of an approval's form. */
export function DecisionField({ field, control, error }: DecisionFieldProps) {
  const label = field.label || field.name
  if (field.type === 'boolean')
    return (
      <div className="flex items-center gap-2">
        <Checkbox
          id={`${control.name}-tick`}
          ref={control.ref}
          checked={control.value === true}
          onCheckedChange={(checked) => control.onChange(checked === true)}
          onBlur={control.onBlur}
        />
        <Label htmlFor={`${control.name}-tick`}>{label}</Label>
      </div>
    )
  const value = String(control.value ?? '')
  return (
    <Field label={label} error={error} required={field.required ?? false}>
      {(ids) => {
        const props = { ...ids, ...control, value }
        if (field.type === 'choice')
          return (
            <NativeSelect {...props}>
              <option value="">Choose …</option>
              {field.options?.map((option) => (
                <option key={option}>{option}</option>
              ))}
            </NativeSelect>
          )
        if (field.type === 'number') return <Input {...props} inputMode="decimal" />
        if (field.type === 'date') return <Input {...props} type="date" className="w-auto" />
        return <Textarea {...props} rows={2} className="min-h-0" />
      }}
    </Field>
  )
}
