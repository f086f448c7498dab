import { Input, NativeSelect } from '@/components/ui/input'
import { Checkbox } from '@/components/ui/toggles'
import { FieldRow } from './field-row'
import { useOptions } from './options'
import type { PlainProps } from './param-field'
import { WordsField } from './text-lists'

/** A reference to something that exists: an agent, a list, a workflow. */
export function OptionField({ field, value, onChange, error, action }: PlainProps) {
  const isNumber = field.kind === 'number'
  const options = useOptions(field.options, isNumber)
  const present = value === undefined || value === null ? '' : String(value)
  const isKnown = present === '' || options?.some((option) => option.value === present)
  const change = (text: string) => onChange(text === '' ? undefined : isNumber ? Number(text) : text)
  const row = { label: field.label, hint: field.hint, error, isRequired: field.isRequired, action }
  if (!options) {
    return (
      <FieldRow {...row}>
        {(ids) => (
          <Input
            {...ids}
            type={isNumber ? 'number' : 'text'}
            value={present}
            onChange={(event) => change(event.target.value)}
          />
        )}
      </FieldRow>
    )
  }
  return (
    <FieldRow {...row}>
      {(ids) => (
        <NativeSelect {...ids} value={present} onChange={(event) => change(event.target.value)}>
          <option value="">{field.isRequired ? 'Choose …' : '–'}</option>
          {!isKnown && <option value={present}>{present} (not there)</option>}
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </NativeSelect>
      )}
    </FieldRow>
  )
}

/** Several references. */
export function OptionsField(props: PlainProps) {
  const { field, value, onChange, error } = props
  const isById = Array.isArray(value) ? value.some((one) => typeof one === 'number') : false
  const options = useOptions(field.options, isById)
  if (!options) return <WordsField {...props} />
  const chosen = new Set(Array.isArray(value) ? value.map(String) : [])
  const toggle = (one: string, isOn: boolean) => {
    const next = options.map((option) => option.value).filter((known) => (known === one ? isOn : chosen.has(known)))
    onChange(isById ? next.map(Number) : next)
  }
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1 font-medium text-[13px]">{field.label}</legend>
      {options.length === 0 && <p className="text-[13px] text-muted-foreground">There are none yet.</p>}
      <div className="grid max-h-40 gap-1 overflow-y-auto">
        {options.map((option) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is within
          <label key={option.value} className="flex items-center gap-1.5 text-[13px]">
            <Checkbox
              checked={chosen.has(option.value)}
              onCheckedChange={(isOn) => toggle(option.value, isOn === true)}
            />
            {option.label}
          </label>
        ))}
      </div>
      {(error || field.hint) && <p className="text-muted-foreground text-xs">{error ?? field.hint}</p>}
    </fieldset>
  )
}
