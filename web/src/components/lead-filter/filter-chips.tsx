import { ListFilter, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/menu'
import { useShortcuts } from '@/lib/shortcuts'
import { FilterEditor } from './filter-editor'
import { type Chip, FILTERS, type FilterKey, type FilterValues, without } from './filters'

interface FilterProps {
  search: FilterValues
  onChange: (change: FilterValues) => void
}

/** A filter in force: pressed, its controls open. */
export function FilterChip({ chip, search, onChange }: FilterProps & { chip: Chip }) {
  return (
    <span className="inline-flex h-8 max-w-full items-center rounded-md border bg-primary-soft text-[13px] text-primary-text">
      <Popover>
        <PopoverTrigger asChild>
          <button type="button" className="flex h-full min-w-0 items-center gap-1 rounded-l-md pr-1 pl-2.5">
            <span className="opacity-90">{chip.label}</span>
            <span className="max-w-48 truncate font-medium">{chip.value}</span>
          </button>
        </PopoverTrigger>
        <PopoverContent className="w-72" aria-label={`Filter by ${chip.label.toLowerCase()}`}>
          <FilterEditor filter={chip.key} search={search} onChange={onChange} />
        </PopoverContent>
      </Popover>
      <button
        type="button"
        aria-label={`Remove filter ${chip.label}`}
        className="grid h-full w-7 place-items-center rounded-r-md hover:bg-accent"
        onClick={() => onChange(without(chip.key))}
      >
        <X className="size-3.5" aria-hidden />
      </button>
    </span>
  )
}

interface AddFilterProps extends FilterProps {
  /** Filters in force; the others are offered. */
  taken: FilterKey[]
  /** The page's key for it. */
  shortcut?: string
}

/** A menu of the filters that are not in force, then the controls of the chosen one. */
export function AddFilter({ search, onChange, taken, shortcut }: AddFilterProps) {
  const [isOpen, setOpen] = useState(false)
  const [filter, setFilter] = useState<FilterKey | null>(null)
  const chosen = FILTERS.find((one) => one.key === filter)
  useShortcuts(shortcut ? [{ keys: shortcut, label: 'Add a filter', group: 'Leads', run: () => setOpen(true) }] : [])
  return (
    <Popover
      open={isOpen}
      onOpenChange={(open) => {
        setOpen(open)
        if (open) setFilter(null)
      }}
    >
      <PopoverTrigger asChild>
        <Button>
          <ListFilter /> Add filter
        </Button>
      </PopoverTrigger>
      <PopoverContent className="w-72" aria-label={chosen ? `Filter by ${chosen.label.toLowerCase()}` : 'Filters'}>
        {chosen ? (
          <div className="grid gap-2">
            <p className="font-medium text-[13px]">{chosen.label}</p>
            <FilterEditor filter={chosen.key} search={search} onChange={onChange} />
          </div>
        ) : (
          <ul className="grid max-h-80 grid-cols-2 gap-0.5 overflow-y-auto">
            {FILTERS.filter((one) => !taken.includes(one.key)).map((one) => (
              <li key={one.key}>
                <button
                  type="button"
                  onClick={() => setFilter(one.key)}
                  className="w-full rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-accent"
                >
                  {one.label}
                </button>
              </li>
            ))}
          </ul>
        )}
      </PopoverContent>
    </Popover>
  )
}
