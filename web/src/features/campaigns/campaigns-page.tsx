import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { LayoutGrid, Plus, Search, Send, Table2 } from 'lucide-react'
import { useMemo } from 'react'
import type { Campaign } from '@/api/campaigns'
import { campaignsQuery } from '@/api/campaigns'
import { ColumnMenu, useHiddenColumns } from '@/components/data-table/column-menu'
import type { Rows } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { SavedViews } from '@/components/data-table/saved-views'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { Input, NativeSelect } from '@/components/ui/input'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui/states'
import { useShortcuts } from '@/lib/shortcuts'
import { useTyped } from '@/lib/use-typed'
import { CampaignCard } from './campaign-card'
import { CAMPAIGN_COLUMNS, CampaignTable } from './campaign-table'
import { useHiddenCampaigns } from './hidden'
import { STATUS_CHOICES, statusesOf } from './list-filter'

const route = getRouteApi('/campaigns')
const NEWEST_FIRST = '-id'

export function CampaignsPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns' })
  const hidden = useHiddenCampaigns()
  const sort = search.sort ?? NEWEST_FIRST
  const query = useInfiniteQuery(
    campaignsQuery({ status: statusesOf(search.status), search: search.search || undefined, sort }),
  )
  const loaded = useRows(query)
  const rows = useMemo(
    () => ({ ...loaded, items: loaded.items.filter((campaign) => !hidden.has(campaign.id)) }),
    [loaded, hidden],
  )
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  const isTable = search.view === 'table'
  const columns = useHiddenColumns('campaigns', ['opted_out', 'created'])
  useShortcuts([
    { keys: 'c', label: 'New campaign', group: 'Campaigns', run: () => void navigate({ to: '/campaigns/new' }) },
    {
      keys: 'v',
      label: 'Cards or table',
      group: 'Campaigns',
      run: () => set({ view: isTable ? undefined : 'table' }),
    },
    { keys: '/', label: 'Search', group: 'Campaigns', run: () => document.getElementById('campaign-search')?.focus() },
  ])

  return (
    <Page
      title="Campaigns"
      mode={isTable ? 'fill' : 'scroll'}
      actions={
        <Button variant="primary" asChild>
          <Link to="/campaigns/new">
            <Plus aria-hidden /> New campaign
          </Link>
        </Button>
      }
    >
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <SearchField value={search.search ?? ''} onChange={(words) => set({ search: words || undefined })} />
        <NativeSelect
          aria-label="State"
          className="w-auto"
          value={search.status ?? ''}
          onChange={(event) => set({ status: event.target.value || undefined })}
        >
          {STATUS_CHOICES.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </NativeSelect>
        {!isTable && (
          <NativeSelect
            aria-label="Order"
            className="w-auto"
            value={sort}
            onChange={(event) => set({ sort: event.target.value === NEWEST_FIRST ? undefined : event.target.value })}
          >
            <option value={NEWEST_FIRST}>Newest first</option>
            <option value="id">Oldest first</option>
            <option value="name">Name A–Z</option>
            <option value="-name">Name Z–A</option>
          </NativeSelect>
        )}
        <div className="ml-auto flex items-center gap-2">
          {isTable && <ColumnMenu columns={CAMPAIGN_COLUMNS} hidden={columns.hidden} onToggle={columns.toggle} />}
          <SavedViews
            page="campaigns"
            search={search}
            onApply={(view) => void navigate({ search: view as typeof search })}
          />
          <ViewSwitch isTable={isTable} onChange={(table) => set({ view: table ? 'table' : undefined })} />
        </div>
      </div>
      {isTable ? (
        <CampaignTable
          rows={rows}
          sort={sort}
          hidden={columns.hidden}
          onSort={(next) => set({ sort: next })}
          empty={
            <NoCampaigns
              isFiltered={Boolean(search.search || search.status)}
              onClear={() => set({ search: undefined, status: undefined })}
            />
          }
        />
      ) : (
        <Cards rows={rows}>
          <NoCampaigns
            isFiltered={Boolean(search.search || search.status)}
            onClear={() => set({ search: undefined, status: undefined })}
          />
        </Cards>
      )}
    </Page>
  )
}

function SearchField({ value, onChange }: { value: string; onChange: (words: string) => void }) {
  const [typed, setTyped] = useTyped(value, onChange)
  return (
    <div className="relative w-full sm:w-64">
      <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
      <Input
        id="campaign-search"
        type="search"
        aria-label="Search campaigns by name"
        placeholder="Search by name"
        className="pl-8"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </div>
  )
}

function ViewSwitch({ isTable, onChange }: { isTable: boolean; onChange: (isTable: boolean) => void }) {
  return (
    <div className="flex rounded-md bg-accent p-0.5" role="group" aria-label="Show as">
      {[
        { label: 'Cards', icon: LayoutGrid, table: false },
        { label: 'Table', icon: Table2, table: true },
      ].map(({ label, icon: Icon, table }) => (
        <Button
          key={label}
          variant="ghost"
          size="icon-sm"
          aria-label={label}
          aria-pressed={isTable === table}
          className="aria-pressed:bg-surface aria-pressed:text-foreground aria-pressed:shadow-sm"
          onClick={() => onChange(table)}
        >
          <Icon />
        </Button>
      ))}
    </div>
  )
}

function Cards({ rows, children }: { rows: Rows<Campaign>; children: React.ReactNode }) {
  if (rows.error && rows.items.length === 0) return <ErrorState error={rows.error} onRetry={rows.refetch} />
  if (rows.isPending) {
    return (
      <div className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3" role="status" aria-label="Loading">
        {Array.from({ length: 6 }, (_, index) => (
          <Skeleton key={index} className="h-52" />
        ))}
      </div>
    )
  }
  if (rows.items.length === 0) return <>{children}</>
  return (
    <>
      <ul className="grid gap-4 lg:grid-cols-2 2xl:grid-cols-3">
        {rows.items.map((campaign) => (
          <li key={campaign.id} className="grid min-w-0 grid-cols-[minmax(0,1fr)]">
            <CampaignCard campaign={campaign} />
          </li>
        ))}
      </ul>
      {rows.hasNextPage && (
        <div className="mt-4 flex justify-center">
          <Button isBusy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  )
}

function NoCampaigns({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState icon={Search} title="No campaign matches" actions={<Button onClick={onClear}>Show all</Button>}>
        Try other words or another state.
      </EmptyState>
    )
  }
  return (
    <EmptyState
      icon={Send}
      title="No campaigns yet"
      actions={
        <>
          <Button variant="primary" asChild>
            <Link to="/campaigns/new">
              <Plus aria-hidden /> Create the first campaign
            </Link>
          </Button>
          <Button asChild>
            <Link to="/leads/import">Import leads</Link>
          </Button>
        </>
      }
    >
      A campaign texts your leads one by one, answers what they write and tells you who is interested. Leads come first:
      import a file, then choose whom to reach.
    </EmptyState>
  )
}
