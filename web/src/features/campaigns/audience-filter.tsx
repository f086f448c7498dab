import { useQuery } from '@tanstack/react-query'
import { ListFilter, X } from 'lucide-react'
import type { LeadFilter } from '@/api/campaign-trials'
import { leadValuesQuery } from '@/api/campaign-trials'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Menu, MenuCheck, MenuContent, MenuTrigger } from '@/components/ui/menu'
import { humanize } from '@/lib/format'
import { trimFilter } from './audience'

interface AudienceFilterProps {
  filter: LeadFilter | null
  isLocked: boolean
  onChange: (filter: LeadFilter | null) => void
}

/** Fields whose values occur in a menu. */
const MENUS = ['tier', 'industry', 'region', 'source'] as const
type MenuField = (typeof MENUS)[number]

/** Leads by what is known about them; who matches is decided when the campaign is launched. */
export function AudienceFilter({ filter, isLocked, onChange }: AudienceFilterProps) {
  const set = (part: Partial<LeadFilter>) => onChange(trimFilter({ ...filter, ...part }))
  const score = (text: string) => (text === '' ? null : Math.min(100, Math.max(0, Number(text) || 0)))
  return (
    <fieldset disabled={isLocked} className="grid gap-3">
      <legend className="mb-1.5 flex w-full items-center gap-2 font-medium text-[13px]">
        <ListFilter className="size-4 text-muted-foreground" aria-hidden /> Leads that match
        {filter && (
          <Button variant="ghost" size="sm" className="ml-auto" disabled={isLocked} onClick={() => onChange(null)}>
            Clear
          </Button>
        )}
      </legend>
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label="Words in name, company, title or e-mail">
          {(control) => (
            <Input
              {...control}
              value={filter?.search ?? ''}
              maxLength={200}
              onChange={(event) => set({ search: event.target.value })}
            />
          )}
        </Field>
        <div className="grid grid-cols-2 gap-3">
          <Field label="Score from">
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                placeholder="0"
                value={filter?.score_min ?? ''}
                onChange={(event) => set({ score_min: score(event.target.value) })}
              />
            )}
          </Field>
          <Field label="Score to">
            {(control) => (
              <Input
                {...control}
                inputMode="numeric"
                placeholder="100"
                value={filter?.score_max ?? ''}
                onChange={(event) => set({ score_max: score(event.target.value) })}
              />
            )}
          </Field>
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        {MENUS.map((field) => (
          <ValueMenu
            key={field}
            field={field}
            isLocked={isLocked}
            chosen={filter?.[field] ?? []}
            onChange={(values) => set({ [field]: values } as Partial<LeadFilter>)}
          />
        ))}
      </div>
      <OtherParts filter={filter} onRemove={(name) => set({ [name]: null } as Partial<LeadFilter>)} />
    </fieldset>
  )
}

interface ValueMenuProps {
  field: MenuField
  chosen: readonly string[]
  isLocked: boolean
  onChange: (values: string[]) => void
}

function ValueMenu({ field, chosen, isLocked, onChange }: ValueMenuProps) {
  const { data } = useQuery(leadValuesQuery(field))
  const values = [...new Set([...chosen, ...(data ?? [])])]
  const toggle = (value: string) =>
    onChange(chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value])
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button disabled={isLocked || values.length === 0} className={chosen.length ? 'border-primary' : ''}>
          {humanize(field)}
          {chosen.length > 0 && <span className="text-primary-text">{chosen.join(', ').slice(0, 40)}</span>}
        </Button>
      </MenuTrigger>
      <MenuContent align="start" className="max-h-80 overflow-y-auto">
        {values.map((value) => (
          <MenuCheck
            key={value}
            checked={chosen.includes(value)}
            onCheckedChange={() => toggle(value)}
            onSelect={(event) => event.preventDefault()}
          >
            {value}
          </MenuCheck>
        ))}
      </MenuContent>
    </Menu>
  )
}

const EDITED = new Set<string>(['search', 'score_min', 'score_max', ...MENUS])

/** Parts of a filter that came from elsewhere, as from the list of leads: they hold, and can be taken off. */
function OtherParts({ filter, onRemove }: { filter: LeadFilter | null; onRemove: (name: string) => void }) {
  const parts = Object.entries(filter ?? {}).filter(([name, value]) => !EDITED.has(name) && value != null)
  if (parts.length === 0) return null
  return (
    <ul className="flex flex-wrap gap-1.5">
      {parts.map(([name, value]) => (
        <li key={name} className="flex items-center gap-1 rounded-full bg-accent py-0.5 pr-1 pl-2.5 text-[13px]">
          {humanize(name)}: {Array.isArray(value) ? value.join(', ') : String(value)}
          <Button
            variant="ghost"
            size="icon-sm"
            className="size-5"
            aria-label={`Remove ${name}`}
            onClick={() => onRemove(name)}
          >
            <X />
          </Button>
        </li>
      ))}
    </ul>
  )
}
