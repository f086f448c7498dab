import { Search, X } from 'lucide-react'
import { type ReactNode, useRef } from 'react'
import { AddFilter, FilterChip } from '@/components/lead-filter/filter-chips'
import { type Chip, type FilterValues, onlySort } from '@/components/lead-filter/filters'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Kbd } from '@/components/ui/misc'
import { useShortcuts } from '@/lib/shortcuts'
import { useTyped } from '@/lib/use-typed'

interface FilterBarProps {
  search: FilterValues
  chips: Chip[]
  /** Changes parts of the address. */
  onChange: (change: FilterValues) => void
  /** Puts a whole new address. */
  onReplace: (search: FilterValues) => void
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
      <AddFilter search={search} onChange={onChange} taken={chips.map((chip) => chip.key)} shortcut="f" />
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
