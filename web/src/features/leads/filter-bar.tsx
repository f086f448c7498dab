import { ListFilter, Search, X } from 'lucide-react'
import { type ReactNode, useRef, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/menu'
import { Kbd } from '@/components/ui/misc'
import { useShortcuts } from '@/lib/shortcuts'
import { useTyped } from '@/lib/use-typed'
import { FilterEditor } from './filter-editor'
import { type Chip, FILTERS, type FilterKey, type LeadsSearch, onlySort, without } from './filters'

interface FilterBarProps {
  search: LeadsSearch
  chips: Chip[]
  /** Changes parts of the address. */
  onChange: (change: LeadsSearch) => void
  /** Puts a whole new address. */
  onReplace: (search: LeadsSearch) => void
  /** Beside the filters: views, columns. */
  children: ReactNode
}

export function FilterBar({ search, chips, onChange, onReplace, children }: FilterBarProps) {
  return (
    <div className="flex flex-wrap items-center gap-2 pb-3">
      <SearchBox value={search.search ?? ''} onSearch={(value) => onChange({ search: value || undefined })} />
      {chips.map((chip) => (
        <FilterChip key={chip.key} chip={chip} search={search} onChange={onChange} />
      ))}
      <AddFilter search={search} onChange={onChange} taken={chips.map((chip) => chip.key)} />
      {(chips.length > 0 || search.search) && (
        <Button variant="ghost" onClick={() => onReplace(onlySort(search))}>
          Clear
        </Button>
      )}
      <span className="flex-1" />
      {children}
    </div>
  )
}

function SearchBox({ value, onSearch }: { value: string; onSearch: (value: string) => void }) {
  const [text, setText] = useTyped(value, onSearch)
  const field = useRef<HTMLInputElement>(null)
  useShortcuts([{ keys: '/', label: 'Search leads', group: 'Leads', run: () => field.current?.focus() }])
  return (
    <div className="relative w-full sm:w-72">
      <Search className="-translate-y-1/2 absolute top-1/2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        ref={field}
        type="search"
        aria-label="Search leads"
        placeholder="Name, company, e-mail or number"
        className="pr-9 pl-8 [&::-webkit-search-cancel-button]:hidden"
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          if (text) setText('')
          else field.current?.blur()
        }}
      />
      {text ? (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label="Clear the search"
          className="absolute top-0.5 right-0.5"
          onClick={() => setText('')}
        >
          <X />
        </Button>
      ) : (
        <Kbd className="-translate-y-1/2 absolute top-1/2 right-2 hidden sm:inline-flex">/</Kbd>
      )}
    </div>
  )
}

interface FilterProps {
  search: LeadsSearch
  onChange: (change: LeadsSearch) => void
}

function FilterChip({ chip, search, onChange }: FilterProps & { chip: Chip }) {
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

function AddFilter({ search, onChange, taken }: FilterProps & { taken: FilterKey[] }) {
  const [isOpen, setOpen] = useState(false)
  const [filter, setFilter] = useState<FilterKey | null>(null)
  const chosen = FILTERS.find((one) => one.key === filter)
  useShortcuts([{ keys: 'f', label: 'Add a filter', group: 'Leads', run: () => setOpen(true) }])
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
