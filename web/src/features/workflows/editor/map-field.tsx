import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { isRecord } from '@/components/workflow-canvas/records'
import type { PlainProps } from './param-field'

type Pair = [name: string, value: string]

/** Names with a value each: headers, fields to change. Values may hold expressions. */
export function MapField({ field, value, onChange, error, action }: PlainProps) {
  const stored = isRecord(value) ? value : isRecord(field.default) ? field.default : {}
  // Names that are empty or twice there can't be stored, but must stay while they are typed.
  const [pairs, setPairs] = useState<Pair[]>(() => pairsOf(stored))
  const shown = JSON.stringify(mapOf(pairs)) === JSON.stringify(stored) ? pairs : pairsOf(stored)
  const set = (next: Pair[]) => {
    setPairs(next)
    onChange(mapOf(next))
  }
  const replace = (index: number, pair: Pair) => set(shown.map((one, at) => (at === index ? pair : one)))
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1 font-medium text-[13px]">{field.label}</legend>
      <span className="-mt-8 justify-self-end">{action}</span>
      {shown.map(([name, text], index) => (
        <div key={index} className="flex items-center gap-1.5">
          <Input
            aria-label={`${field.label}: name ${index + 1}`}
            placeholder="Name"
            value={name}
            onChange={(event) => replace(index, [event.target.value, text])}
          />
          <Input
            aria-label={`${field.label}: value of ${name || index + 1}`}
            placeholder="Value or {{ expression }}"
            value={text}
            onChange={(event) => replace(index, [name, event.target.value])}
          />
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Remove ${name || index + 1}`}
            onClick={() => set(shown.filter((_, at) => at !== index))}
          >
            <Trash2 />
          </Button>
        </div>
      ))}
      <Button className="w-fit" size="sm" onClick={() => setPairs([...shown, ['', '']])}>
        <Plus /> Add
      </Button>
      {(error || field.hint) && (
        <p className={error ? 'text-[13px] text-danger-text' : 'text-muted-foreground text-xs'}>
          {error ?? field.hint}
        </p>
      )}
    </fieldset>
  )
}

const pairsOf = (map: Record<string, unknown>): Pair[] =>
  Object.entries(map).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])

/** Numbers, yes/no and nothing keep their kind, as in JSON. */
const mapOf = (pairs: Pair[]): Record<string, unknown> =>
  Object.fromEntries(pairs.filter(([name]) => name.trim() !== '').map(([name, text]) => [name.trim(), readValue(text)]))

const PLAIN_JSON = /^(?:true|false|null|-?\d+(?:\.\d+)?)$/
const readValue = (text: string): unknown => (PLAIN_JSON.test(text) ? JSON.parse(text) : text)
