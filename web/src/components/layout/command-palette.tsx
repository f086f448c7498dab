import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { FileUp, type LucideIcon, Megaphone, Moon, Plus, Sun, User } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useMemo, useState } from 'react'
import { api, data } from '@/api/client'
import { Kbd } from '@/components/ui/misc'
import { useReturnFocus } from '@/components/ui/return-focus'
import { cn } from '@/lib/cn'
import { formatPhone } from '@/lib/format'
import { setTheme } from '@/lib/theme'
import { MORE_PLACES } from './navigation'
import { usePlaces } from './use-places'

interface Entry {
  id: string
  label: string
  hint?: string
  group: string
  icon: LucideIcon
  run: () => void
}

const FOUND = 6

/** Ctrl+K: go anywhere, do anything, find any lead or campaign. */
export function CommandPalette({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const focus = useReturnFocus()
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-50 bg-black/40" />
        <Primitive.Content
          {...focus}
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-50 flex max-h-[60vh] w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl border bg-surface shadow-lg"
        >
          <Primitive.Title className="sr-only">Search and commands</Primitive.Title>
          <Palette onDone={() => onOpenChange(false)} />
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

function Palette({ onDone }: { onDone: () => void }) {
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const listId = useId()
  const { entries, state } = useEntries(text)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text starts at its first entry
  useEffect(() => setActive(0), [text])
  const choose = (entry: Entry | undefined) => {
    if (!entry) return
    onDone()
    entry.run()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (event.nativeEvent.isComposing) return
    if (step) setActive((index) => (index + step + entries.length) % Math.max(entries.length, 1))
    else if (event.key === 'Enter') choose(entries[active])
    else return
    event.preventDefault()
  }
  useEffect(() => {
    document.getElementById(`${listId}-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active, listId])
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the palette is opened to type into it
        autoFocus
        role="combobox"
        aria-label="Search and commands"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={entries[active] ? `${listId}-${active}` : undefined}
        placeholder="Search leads and campaigns, or type a command"
        className="h-12 shrink-0 border-b bg-transparent px-4 outline-none placeholder:text-muted-foreground"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="Results" className="min-h-0 flex-1 overflow-y-auto p-1.5">
        {entries.map((entry, index) => (
          <div key={entry.id}>
            {entry.group !== entries[index - 1]?.group && (
              <p className="px-2.5 pt-2 pb-1 font-medium text-muted-foreground text-xs">{entry.group}</p>
            )}
            <div
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              onMouseMove={() => setActive(index)}
              onClick={() => choose(entry)}
              onKeyDown={undefined}
              className={cn(
                'flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm',
                index === active && 'bg-accent',
              )}
            >
              <entry.icon className="size-4 shrink-0 text-muted-foreground" aria-hidden />
              <span className="min-w-0 truncate">{entry.label}</span>
              {entry.hint && <span className="ml-auto shrink-0 text-muted-foreground text-xs">{entry.hint}</span>}
            </div>
          </div>
        ))}
        {entries.length === 0 && (
          <p className="px-3 py-6 text-center text-muted-foreground text-sm">
            {state === 'searching' ? 'Searching …' : `Nothing found for “${text}”.`}
          </p>
        )}
        {state === 'failed' && (
          <p role="alert" className="px-3 py-2 text-danger-text text-sm">
            Leads and campaigns could not be searched. Type on to try again.
          </p>
        )}
      </div>
      <p className="flex items-center gap-3 border-t px-3 py-1.5 text-muted-foreground text-xs">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> choose
        </span>
        <span>
          <Kbd>Enter</Kbd> open
        </span>
        <span>
          <Kbd>Esc</Kbd> close
        </span>
      </p>
    </>
  )
}

type SearchState = 'found' | 'searching' | 'failed'

function useEntries(text: string): { entries: Entry[]; state: SearchState } {
  const navigate = useNavigate()
  const places = usePlaces()
  const words = useDeferredValue(text.trim())
  const isSearch = words.length >= 2
  const leads = useQuery({
    queryKey: ['leads', 'palette', words],
    queryFn: () => data(api.GET('/api/leads', { params: { query: { search: words, limit: FOUND } } })),
    enabled: isSearch,
  })
  const campaigns = useQuery({
    queryKey: ['campaigns', 'palette', words],
    queryFn: () => data(api.GET('/api/campaigns', { params: { query: { search: words, limit: FOUND } } })),
    enabled: isSearch,
  })
  const commands = useMemo<Entry[]>(
    () => [
      ...[...places, ...MORE_PLACES].map((place) => ({
        id: place.to,
        label: place.label,
        hint: `G ${place.key.toUpperCase()}`,
        group: 'Go to',
        icon: place.icon,
        run: () => void navigate({ to: place.to }),
      })),
      {
        id: 'new',
        label: 'New campaign',
        hint: 'C',
        group: 'Commands',
        icon: Plus,
        run: () => void navigate({ to: '/campaigns/new' }),
      },
      {
        id: 'import',
        label: 'Import leads',
        group: 'Commands',
        icon: FileUp,
        run: () => void navigate({ to: '/leads/import' }),
      },
      { id: 'light', label: 'Light theme', group: 'Commands', icon: Sun, run: () => setTheme('light') },
      { id: 'dark', label: 'Dark theme', group: 'Commands', icon: Moon, run: () => setTheme('dark') },
    ],
    [navigate, places],
  )
  const found: Entry[] = [
    ...(isSearch ? (campaigns.data?.items ?? []) : []).map((campaign) => ({
      id: `campaign-${campaign.id}`,
      label: campaign.name,
      hint: campaign.status,
      group: 'Campaigns',
      icon: Megaphone,
      run: () => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } }),
    })),
    ...(isSearch ? (leads.data?.items ?? []) : []).map((lead) => ({
      id: `lead-${lead.id}`,
      label: lead.name || lead.email || formatPhone(lead.phone),
      hint: lead.company ?? formatPhone(lead.phone),
      group: 'Leads',
      icon: User,
      run: () => void navigate({ to: '/leads/$leadId', params: { leadId: lead.id } }),
    })),
  ]
  const matching = commands.filter((entry) =>
    words
      .toLowerCase()
      .split(/\s+/)
      .every((word) => entry.label.toLowerCase().includes(word)),
  )
  const searches = isSearch ? [leads, campaigns] : []
  const isFailed = searches.some((search) => search.isError)
  const isSearching = words !== text.trim() || searches.some((search) => search.isPending)
  return { entries: [...matching, ...found], state: isFailed ? 'failed' : isSearching ? 'searching' : 'found' }
}
