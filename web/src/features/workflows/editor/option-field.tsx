import { X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Combobox } from '@/components/ui/combobox'
import { FieldRow } from './field-row'
import { useOptions } from './options'
import type { PlainProps } from './param-field'

/** A reference to something that exists: an agent, a list, a workflow. */
export function OptionField({ field, value, onChange, error, action }: PlainProps) {
  const isNumber = field.kind === 'number'
  const options = useOptions(field.options ?? '', isNumber)
  const present = value ?? field.default
  const change = (text: string) => onChange(text === '' ? undefined : isNumber ? Number(text) : text)
  return (
    <FieldRow label={field.label} hint={field.hint} error={error} isRequired={field.isRequired} action={action}>
      {(ids) => (
        <Combobox
          {...ids}
          options={options}
          value={present === undefined || present === null ? '' : String(present)}
          placeholder={field.isRequired ? 'Choose …' : 'None'}
          canClear={!field.isRequired}
          onChange={change}
        />
      )}
    </FieldRow>
  )
}

/** Several references, in the order in which they were chosen. */
export function OptionsField({ field, value, onChange, error, action }: PlainProps) {
  const options = useOptions(field.options ?? '', field.isInteger)
  const chosen = (Array.isArray(value) ? value : Array.isArray(field.default) ? field.default : []).map(String)
  const isFull = field.mostItems !== undefined && chosen.length >= field.mostItems
  const set = (next: string[]) => onChange(field.isInteger ? next.map(Number) : next)
  const told = (one: string) => options.items.find((option) => option.value === one)?.label ?? one
  return (
    <FieldRow
      label={field.label}
      hint={field.hint}
      error={error}
      isRequired={field.isRequired}
      action={action}
      footer={chosen.length > 0 && <Chips label={field.label} chosen={chosen} told={told} onRemove={set} />}
    >
      {(ids) => (
        <Combobox
          {...ids}
          options={options}
          value=""
          without={chosen}
          disabled={isFull}
          placeholder={isFull ? `At most ${field.mostItems}` : 'Add …'}
          onChange={(one) => one && set([...chosen, one])}
          onBack={() => set(chosen.slice(0, -1))}
        />
      )}
    </FieldRow>
  )
}

interface ChipsProps {
  label: string
  chosen: string[]
  told: (one: string) => string
  onRemove: (rest: string[]) => void
}

function Chips({ label, chosen, told, onRemove }: ChipsProps) {
  return (
    <ul aria-label={label} className="mt-0.5 flex flex-wrap gap-1">
      {chosen.map((one) => (
        <li
          key={one}
          className="flex min-w-0 max-w-full items-center gap-0.5 rounded-md bg-accent py-0.5 pr-0.5 pl-2 text-[13px]"
        >
          <span className="truncate">{told(one)}</span>
          <Button
            variant="ghost"
            size="icon-sm"
            className="size-6 shrink-0"
            aria-label={`Remove ${told(one)}`}
            onClick={() => onRemove(chosen.filter((other) => other !== one))}
          >
            <X />
          </Button>
        </li>
      ))}
    </ul>
  )
}
