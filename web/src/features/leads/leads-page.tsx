import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Download, MoreHorizontal, Plus, RefreshCw, Upload } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { type Lead, leadCountQuery, leadsQuery } from '@/api/leads'
import { listsQuery } from '@/api/lists'
import { ColumnMenu, useHiddenColumns } from '@/components/data-table/column-menu'
import { useRows } from '@/components/data-table/rows'
import { SavedViews } from '@/components/data-table/saved-views'
import { useSelection } from '@/components/data-table/use-selection'
import { Page } from '@/components/layout/page'
import {
  chipsOf,
  exportUrl,
  type FilterValues,
  filterOf,
  isUnfiltered,
  onlySort,
} from '@/components/lead-filter/filters'
import { useFilterNames } from '@/components/lead-filter/use-filter-names'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu'
import { formatNumber } from '@/lib/format'
import { useShortcuts } from '@/lib/shortcuts'
import { toast } from '@/lib/toast'
import { FilterBar } from './filter-bar'
import { hiddenLeads } from './hidden'
import { COLUMNS, HIDDEN_AT_FIRST, LeadTable, leadName } from './lead-table'
import { LeadsEmpty } from './leads-empty'
import { ListRail } from './list-rail'
import { NewLeadSheet } from './new-lead-sheet'
import { SelectionBar } from './selection-bar'
import { useDeleteLeads } from './use-delete-leads'
import { useFreshRows } from './use-fresh-rows'
import { rememberWalk } from './walk'

const route = getRouteApi('/leads')
const NEWEST_FIRST = '-created_at'

export function LeadsPage() {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/leads' })
  const sort = search.sort ?? NEWEST_FIRST
  const filter = useMemo(() => filterOf(search), [search])
  const query = useInfiniteQuery(leadsQuery(filter, sort))
  const count = useQuery(leadCountQuery(filter))
  const { data: lists = [] } = useQuery(listsQuery())
  const names = useFilterNames(search)
  const selection = useSelection()
  const columns = useHiddenColumns('leads', HIDDEN_AT_FIRST)
  const { isOutdated, refresh } = useFreshRows(query, count.dataUpdatedAt)
  const { remove, isHidingAll } = useDeleteLeads(selection.clear)
  const hidden = hiddenLeads.useHidden()
  const [isAdding, setAdding] = useState(false)

  const loaded = useRows(query)
  const rows = useMemo(() => {
    if (isHidingAll) return { ...loaded, items: [], hasNextPage: false, canLoadMore: false }
    return hidden.size ? { ...loaded, items: loaded.items.filter((lead) => !hidden.has(lead.id)) } : loaded
  }, [loaded, hidden, isHidingAll])

  // Whoever looks at other leads means those.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new filter is what ends the selection
  useEffect(() => selection.clear(), [filter])

  const change = (part: FilterValues) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const replace = (next: FilterValues) => void navigate({ search: next })
  const open = (lead: Lead) => {
    rememberWalk({ ids: rows.items.map((one) => one.id), search }, lead.id)
    void navigate({ to: '/leads/$leadId', params: { leadId: lead.id } })
  }
  useShortcuts([
    { keys: 'n', label: 'New lead', group: 'Leads', run: () => setAdding(true) },
    { keys: 'i', label: 'Import a file', group: 'Leads', run: () => void navigate({ to: '/leads/import' }) },
  ])
  const chips = chipsOf(search, names)
  const isSelecting = selection.isEverything || selection.ids.size > 0
  return (
    <Page
      title={lists.find((list) => list.id === search.list_id)?.name ?? 'Leads'}
      mode="fill"
      mark={
        count.data !== undefined && (
          <Badge className="tabular" aria-live="polite">
            {formatNumber(count.data)} {isUnfiltered(search) ? (count.data === 1 ? 'lead' : 'leads') : 'match'}
          </Badge>
        )
      }
      actions={
        <>
          <Menu>
            <MenuTrigger asChild>
              <Button variant="ghost" size="icon" aria-label="More">
                <MoreHorizontal />
              </Button>
            </MenuTrigger>
            <MenuContent>
              <MenuItem asChild>
                <a href={exportUrl(filter)} download>
                  <Download /> Export what matches
                </a>
              </MenuItem>
              <MenuItem onSelect={() => void refresh()}>
                <RefreshCw /> Refresh
              </MenuItem>
            </MenuContent>
          </Menu>
          <Button asChild>
            <Link to="/leads/import">
              <Upload /> Import
            </Link>
          </Button>
          <Button variant="primary" onClick={() => setAdding(true)}>
            <Plus /> New lead
          </Button>
        </>
      }
    >
      <div className="flex min-h-0 flex-1 flex-col lg:flex-row">
        <ListRail listId={search.list_id} onChoose={(id) => replace({ ...search, list_id: id })} />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          <FilterBar search={search} chips={chips} onChange={change} onReplace={replace}>
            {isOutdated && (
              <Button variant="ghost" onClick={() => void refresh()}>
                <RefreshCw /> Show what is new
              </Button>
            )}
            <SavedViews page="leads" search={search} onApply={(saved) => replace(saved as FilterValues)} />
            <ColumnMenu columns={COLUMNS} hidden={columns.hidden} onToggle={columns.toggle} />
          </FilterBar>
          {isSelecting && (
            <SelectionBar
              selection={selection}
              filter={filter}
              total={count.data}
              isPageFull={rows.items.length > 0 && rows.items.every((lead) => selection.has(lead.id))}
              lists={lists}
              listId={search.list_id}
              onDelete={remove}
            />
          )}
          <LeadTable
            rows={rows}
            sort={sort}
            onSort={(next) => change({ sort: next })}
            onOpen={open}
            hidden={columns.hidden}
            selection={selection}
            empty={
              <LeadsEmpty
                isFiltered={!isUnfiltered(search)}
                onClear={() => replace(onlySort(search))}
                onNew={() => setAdding(true)}
              />
            }
          />
        </div>
      </div>
      {isAdding && (
        <NewLeadSheet
          listId={search.list_id}
          onClose={() => setAdding(false)}
          onCreated={(lead) =>
            toast.success(`${leadName(lead)} added`, {
              action: {
                label: 'Open',
                onClick: () => void navigate({ to: '/leads/$leadId', params: { leadId: lead.id } }),
              },
            })
          }
        />
      )}
    </Page>
  )
}
