import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ListFilter, Search, X } from 'lucide-react'
import { type RefObject, useEffect, useRef } from 'react'
import { campaignQuery } from '@/api/campaigns'
import type { ConversationCounts, View } from '@/api/conversations'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/menu'
import { Kbd } from '@/components/ui/misc'
import { cn } from '@/lib/cn'
import { formatNumber } from '@/lib/format'
import { useTyped } from '@/lib/use-typed'
import { InboxFilters, STATUSES } from './inbox-filters'
import type { ChangeSearch, InboxSearch } from './use-inbox'

const VIEWS: { value: View; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'mine', label: 'Mine' },
  { value: 'unassigned', label: 'Unassigned' },
  { value: 'needs_person', label: 'Needs a person' },
]

interface InboxHeaderProps {
  search: InboxSearch
  view: View
  counts: ConversationCounts | undefined
  change: ChangeSearch
  searchField: RefObject<HTMLInputElement | null>
}

/** Above the list: search, filters, and whose threads. */
export function InboxHeader({ search, view, counts, change, searchField }: InboxHeaderProps) {
  const chosen = useRef<HTMLLIElement>(null)
  const hasCounts = counts !== undefined
  // On narrow panes the chosen view may lie beyond the edge, all the more once the counts are there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: both move it
  useEffect(() => {
    chosen.current?.scrollIntoView?.({ block: 'nearest', inline: 'nearest' })
  }, [view, hasCounts])
  return (
    <div className="shrink-0 border-b">
      <div className="flex items-center gap-2 px-3 pt-3 pb-2">
        <SearchField search={search} change={change} field={searchField} />
        <Popover>
          <PopoverTrigger asChild>
            <Button size="icon" aria-label="Filters" className={cn(isFiltered(search) && 'text-primary-text')}>
              <ListFilter />
            </Button>
          </PopoverTrigger>
          <PopoverContent align="end" className="w-72" aria-label="Filters">
            <InboxFilters search={search} change={change} />
          </PopoverContent>
        </Popover>
      </div>
      <ActiveFilters search={search} change={change} />
      {search.unknown && (
        <p className="mx-3 mb-2 rounded-md bg-warning-soft px-3 py-2 text-[13px] text-warning-text">
          The connection broke while a text was handed over, so nobody here can tell whether the carrier took it. It is
          looked up there by itself and never sent again before. Open a conversation, look into the carrier’s log (or
          ask the lead), and say at the text whether it was sent.
        </p>
      )}
      <nav aria-label="Views">
        <ul className="flex overflow-x-auto overflow-y-hidden px-1.5 [scrollbar-width:none]">
          {VIEWS.map(({ value, label }) => (
            <li key={value} ref={view === value ? chosen : undefined}>
              <Link
                from="/conversations"
                to="/conversations"
                search={(before) => ({ ...before, view: value === 'all' ? undefined : value })}
                replace
                aria-current={view === value ? 'page' : undefined}
                className={cn(
                  'flex h-9 items-center gap-1 whitespace-nowrap border-transparent border-b-2 px-1.5 font-medium text-[13px] text-muted-foreground outline-offset-[-2px] transition-colors hover:text-foreground',
                  view === value && 'border-primary text-foreground',
                )}
              >
                {label}
                {counts && <span className="tabular text-muted-foreground text-xs">{countWords(counts, value)}</span>}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  )
}

function countWords(counts: ConversationCounts, view: View): string {
  const count = counts[view]
  return count >= counts.most ? `${formatNumber(counts.most)}+` : formatNumber(count)
}

function SearchField({
  search,
  change,
  field,
}: {
  search: InboxSearch
  change: ChangeSearch
  field: RefObject<HTMLInputElement | null>
}) {
  const [words, setWords] = useTyped(search.search ?? '', (typed) => change({ search: typed || undefined }))
  return (
    <div className="relative min-w-0 flex-1">
      <Search className="absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        ref={field}
        type="search"
        aria-label="Search conversations"
        placeholder="Names, numbers, texts"
        maxLength={100}
        className="pr-8 pl-8 [&::-webkit-search-cancel-button]:hidden"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return
          event.preventDefault()
          if (words) setWords('')
          else event.currentTarget.blur()
        }}
      />
      {words ? (
        <button
          type="button"
          aria-label="Clear the search"
          className="absolute top-1 right-1 grid size-6 place-items-center rounded text-muted-foreground hover:text-foreground"
          onClick={() => setWords('')}
        >
          <X className="size-3.5" />
        </button>
      ) : (
        <Kbd className="-translate-y-1/2 pointer-events-none absolute top-1/2 right-1.5" aria-hidden>
          /
        </Kbd>
      )}
    </div>
  )
}

const isFiltered = (search: InboxSearch): boolean =>
  Boolean(search.status || search.campaign_id || search.handled_by || search.everyone || search.unknown)

/** What narrows the list, each with a way to drop it. */
function ActiveFilters({ search, change }: { search: InboxSearch; change: ChangeSearch }) {
  const campaign = useQuery({ ...campaignQuery(search.campaign_id ?? 0), enabled: search.campaign_id !== undefined })
  if (!isFiltered(search)) return null
  return (
    <ul className="flex flex-wrap gap-1.5 px-3 pb-1.5" aria-label="Filters in force">
      {search.status && <Chip label={STATUSES[search.status]} onDrop={() => change({ status: undefined })} />}
      {search.campaign_id && (
        <Chip
          label={campaign.data?.name ?? `Campaign ${search.campaign_id}`}
          onDrop={() => change({ campaign_id: undefined })}
        />
      )}
      {search.handled_by && (
        <Chip
          label={search.handled_by === 'agent' ? 'Agent answers' : 'A person answers'}
          onDrop={() => change({ handled_by: undefined })}
        />
      )}
      {search.unknown && <Chip label="Not sure whether a text left" onDrop={() => change({ unknown: undefined })} />}
      {search.everyone && <Chip label="Also without an answer" onDrop={() => change({ everyone: undefined })} />}
    </ul>
  )
}

function Chip({ label, onDrop }: { label: string; onDrop: () => void }) {
  return (
    <li className="flex h-6 max-w-full items-center gap-1 rounded-full bg-primary-soft pr-0.5 pl-2.5 text-primary-text text-xs">
      <span className="truncate">{label}</span>
      <button
        type="button"
        aria-label={`Drop the filter ${label}`}
        className="grid size-5 shrink-0 place-items-center rounded-full hover:bg-surface"
        onClick={onDrop}
      >
        <X className="size-3" />
      </button>
    </li>
  )
}
