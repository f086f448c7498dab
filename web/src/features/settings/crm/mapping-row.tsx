import { ArrowLeft, ArrowLeftRight, ArrowRight, X } from 'lucide-react'
import { useId } from 'react'
import type { CrmField, FieldMap } from '@/api/crm'
import { Button } from '@/components/ui/button'
import { Input, NativeSelect } from '@/components/ui/input'
import { DIRECTIONS, isInOnly, isOutOnly, mappedTo, RULES } from './mapping'

interface MappingRowProps {
  row: FieldMap
  remote: CrmField[]
  ours: string[]
  onChange: (row: FieldMap) => void
  onRemove: () => void
}

const ARROWS = { in: ArrowRight, out: ArrowLeft, both: ArrowLeftRight }

/** One of their fields and one of ours, with a value from a real contact. */
export function MappingRow({ row, remote, ours, onChange, onRemove }: MappingRowProps) {
  const list = useId()
  const known = remote.find((one) => one.name === row.remote)
  const name = row.remote || 'new field'
  const Arrow = ARROWS[row.direction ?? 'both']
  const isFixed = isInOnly(row.field) || isOutOnly(row.field)
  return (
    <div className="grid gap-2 rounded-md border p-2.5 sm:grid-cols-[minmax(0,1fr)_auto_minmax(0,1fr)_auto]">
      <div className="min-w-0">
        <Input
          aria-label={`Their field ${name}`}
          list={`${list}-remote`}
          value={row.remote}
          placeholder="Their field"
          onChange={(event) => onChange({ ...row, remote: event.target.value })}
        />
        <datalist id={`${list}-remote`}>
          {remote.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
        </datalist>
        <p className="mt-1 truncate text-muted-foreground text-xs">
          {known?.sample ? `for example ${known.sample}` : (known?.label ?? 'no sample')}
        </p>
      </div>
      <Arrow className="mt-2 hidden size-4 text-muted-foreground sm:block" aria-hidden />
      <div className="grid min-w-0 gap-1.5">
        <Input
          aria-label={`Our field for ${name}`}
          list={`${list}-ours`}
          value={row.field}
          placeholder="Our field, or attributes.…"
          onChange={(event) => onChange(mappedTo(row, event.target.value))}
        />
        <datalist id={`${list}-ours`}>
          {ours.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <div className="grid grid-cols-2 gap-1.5">
          <NativeSelect
            aria-label={`Direction of ${name}`}
            value={row.direction}
            disabled={isFixed}
            onChange={(event) =>
              onChange({ ...row, direction: event.target.value as NonNullable<FieldMap['direction']> })
            }
          >
            {Object.entries(DIRECTIONS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </NativeSelect>
          <NativeSelect
            aria-label={`When both sides changed ${name}`}
            value={row.rule}
            disabled={isFixed}
            onChange={(event) => onChange({ ...row, rule: event.target.value as NonNullable<FieldMap['rule']> })}
          >
            {Object.entries(RULES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </NativeSelect>
          <NativeSelect
            aria-label={`How ${name} is read`}
            value={row.kind}
            onChange={(event) => onChange({ ...row, kind: event.target.value as NonNullable<FieldMap['kind']> })}
          >
            <option value="text">Text</option>
            <option value="number">Number</option>
            <option value="boolean">Yes or no</option>
            <option value="date">Date</option>
          </NativeSelect>
          <Input
            aria-label={`Default of ${name}`}
            placeholder="Default if empty"
            value={row.default ?? ''}
            onChange={(event) => onChange({ ...row, default: event.target.value || null })}
          />
        </div>
      </div>
      <Button variant="ghost" size="icon-sm" aria-label={`Remove ${name}`} onClick={onRemove}>
        <X />
      </Button>
    </div>
  )
}
