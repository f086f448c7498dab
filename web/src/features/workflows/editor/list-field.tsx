import { ChevronDown, ChevronUp, Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { SwitchField } from '@/components/ui/switch-field'
import { isRecord } from '@/components/workflow-canvas/records'
import { humanize } from '@/lib/format'
import { ParamField, type PlainProps } from './param-field'
import { emptyItem, type FormField } from './schema'

type Item = Record<string, unknown>

/** A list of things with fields of their own: cases, variants, actions. */
export function ListField({ field, path, value, onChange, error }: PlainProps) {
  const items = itemsOf(value ?? field.default)
  const isFull = field.mostItems !== undefined && items.length >= field.mostItems
  const replace = (index: number, item: Item) => onChange(items.map((one, at) => (at === index ? item : one)))
  const move = (index: number, by: number) => {
    const next = [...items]
    const [item] = next.splice(index, 1)
    if (item) next.splice(index + by, 0, item)
    onChange(next)
  }
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium text-[13px]">{field.label}</legend>
      {(error || field.hint) && (
        <p className={error ? 'text-[13px] text-danger-text' : 'text-muted-foreground text-xs'}>
          {error ?? field.hint}
        </p>
      )}
      <ol className="grid gap-2">
        {items.map((item, index) => (
          <li key={index} className="rounded-md border bg-surface-sunken p-2.5">
            <div className="mb-1 flex items-center gap-0.5">
              <span className="min-w-0 flex-1 truncate font-medium text-[13px]">{titleOf(item, field, index)}</span>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label="Move up"
                disabled={index === 0}
                onClick={() => move(index, -1)}
              >
                <ChevronUp />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label="Move down"
                disabled={index === items.length - 1}
                onClick={() => move(index, 1)}
              >
                <ChevronDown />
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Remove ${titleOf(item, field, index)}`}
                onClick={() => onChange(items.filter((_, at) => at !== index))}
              >
                <Trash2 />
              </Button>
            </div>
            <ItemFields
              fields={field.fields}
              path={`${path}.${index}`}
              item={item}
              others={items.filter((_, at) => at !== index)}
              onChange={(next) => replace(index, next)}
            />
          </li>
        ))}
      </ol>
      <Button className="w-fit" size="sm" disabled={isFull} onClick={() => onChange([...items, newItem(field, items)])}>
        <Plus /> Add
      </Button>
    </fieldset>
  )
}

/** Fields that belong together; where they may be missing, a switch says whether they hold. */
export function GroupField({ field, path, value, onChange }: PlainProps) {
  const item = isRecord(value) ? value : isRecord(field.default) ? field.default : null
  const fields = item && <ItemFields fields={field.fields} path={path} item={item} others={[]} onChange={onChange} />
  if (field.isNullable) {
    return (
      <div className="grid gap-2.5 rounded-md border p-2.5">
        <SwitchField
          label={field.label}
          checked={item !== null}
          onCheckedChange={(isOn) => onChange(isOn ? emptyItem(field.fields) : undefined)}
        >
          {field.hint}
        </SwitchField>
        {fields}
      </div>
    )
  }
  return (
    <fieldset className="rounded-md border p-2.5">
      <legend className="px-1 font-medium text-[13px]">{field.label}</legend>
      {fields ?? <ItemFields fields={field.fields} path={path} item={{}} others={[]} onChange={onChange} />}
    </fieldset>
  )
}

interface ItemFieldsProps {
  fields: FormField[]
  path: string
  item: Item
  others: Item[]
  onChange: (item: Item) => void
}

function ItemFields({ fields, path, item, others, onChange }: ItemFieldsProps) {
  // A name that can't be (empty, taken) is kept here while it is typed: edges hang on the last good one.
  const [refused, setRefused] = useState<string | null>(null)
  const taken = new Set(others.map((other) => other.name))
  const problem = (name: string) =>
    name === '' ? 'It needs a name.' : taken.has(name) ? 'Another one has this name.' : undefined
  const set = (name: string, value: unknown) => {
    if (name === 'name' && typeof item.name === 'string' && item.name !== '') {
      const text = typeof value === 'string' ? value : ''
      setRefused(problem(text) ? text : null)
      if (problem(text)) return
    }
    const { [name]: _, ...rest } = item
    onChange(value === undefined ? rest : Object.fromEntries(ordered({ ...rest, [name]: value }, fields)))
  }
  return (
    <div className="grid gap-2.5">
      {fields.map((field) => (
        <ParamField
          key={field.name}
          field={field}
          path={`${path}.${field.name}`}
          value={field.name === 'name' && refused !== null ? refused : item[field.name]}
          refuse={field.name === 'name' && refused !== null ? problem : undefined}
          onChange={(value) => set(field.name, value)}
        />
      ))}
    </div>
  )
}

/** In the schema's order, whatever order they were typed in. */
const ordered = (item: Item, fields: FormField[]): [string, unknown][] => {
  const place = new Map(fields.map((field, index) => [field.name, index]))
  return Object.entries(item).toSorted(([one], [other]) => (place.get(one) ?? 99) - (place.get(other) ?? 99))
}

const itemsOf = (value: unknown): Item[] => (Array.isArray(value) ? value.filter(isRecord) : [])

function titleOf(item: Item, field: FormField, index: number): string {
  const words = [item.label, item.name, item.title].find((one) => typeof one === 'string' && one !== '')
  return typeof words === 'string' ? humanize(words) : `${field.label} ${index + 1}`
}

function newItem(field: FormField, items: Item[]): Item {
  const item = emptyItem(field.fields)
  if (!field.fields.some((one) => one.name === 'name')) return item
  const taken = new Set(items.map((one) => one.name))
  let number = items.length + 1
  while (taken.has(`option_${number}`)) number += 1
  return { ...item, name: `option_${number}` }
}
