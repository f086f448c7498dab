import { ListFilter } from 'lucide-react'
import type { LeadFilter } from '@/api/campaign-trials'
import { AddFilter, FilterChip } from '@/components/lead-filter/filter-chips'
import { chipsOf, type FilterValues, valuesOf, withValues } from '@/components/lead-filter/filters'
import { useFilterNames } from '@/components/lead-filter/use-filter-names'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { trimFilter } from './audience'

interface AudienceFilterProps {
  filter: LeadFilter | null
  isLocked: boolean
  onChange: (filter: LeadFilter | null) => void
}

/** Leads by what is known about them, as in the list of leads; who matches is decided when the campaign is launched. */
export function AudienceFilter({ filter, isLocked, onChange }: AudienceFilterProps) {
  const values = valuesOf(filter ?? {})
  const chips = chipsOf(values, useFilterNames(values))
  const change = (edited: FilterValues) => onChange(trimFilter(withValues(filter ?? {}, edited)))
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
      <Field label="Words in name, company, title or e-mail; or a number">
        {(control) => (
          <Input
            {...control}
            className="max-w-md"
            value={filter?.search ?? ''}
            maxLength={200}
            onChange={(event) => onChange(trimFilter({ ...filter, search: event.target.value }))}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center gap-2">
        {chips.map((chip) => (
          <FilterChip key={chip.key} chip={chip} search={values} onChange={change} />
        ))}
        <AddFilter search={values} onChange={change} taken={chips.map((chip) => chip.key)} />
      </div>
      {chips.length > 1 && <p className="text-[13px] text-muted-foreground">A lead must match all of these.</p>}
    </fieldset>
  )
}
