import { useNavigate } from '@tanstack/react-router'
import { Download, ListMinus, ListPlus, Megaphone, Plus, Sparkles, Trash2, X } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useEnrichLeads } from '@/api/knowledge'
import { exportLeads, type LeadFilter, type Selection as LeadSelection } from '@/api/leads'
import { type LeadList, useListMembers } from '@/api/lists'
import type { Selection } from '@/components/data-table/use-selection'
import { exportUrl } from '@/components/lead-filter/filters'
import { Button } from '@/components/ui/button'
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import { download } from '@/lib/download'
import { formatNumber, plural } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'
import { ListNameDialog } from './list-name-dialog'
import { useStartCampaign } from './use-start-campaign'
import { IN_BACKGROUND } from './words'

interface SelectionBarProps {
  selection: Selection
  filter: LeadFilter
  /** How many leads match the filter; undefined until it is known. */
  total: number | undefined
  /** True if every loaded row is selected. */
  isPageFull: boolean
  lists: LeadList[]
  /** The list that is looked at. */
  listId: number | undefined
  onDelete: (selection: LeadSelection, count: number) => void
}

/** What can be done with the selected leads. */
export function SelectionBar(props: SelectionBarProps) {
  const { selection, filter, total, isPageFull, lists, listId, onDelete } = props
  const navigate = useNavigate()
  const [isNaming, setNaming] = useState(false)
  const members = useListMembers()
  const campaign = useStartCampaign()
  const enriching = useEnrichLeads()
  const count = selection.isEverything ? (total ?? 0) : selection.ids.size
  const chosen: LeadSelection = selection.isEverything ? { filter } : { ids: [...selection.ids] }

  const change = (list: LeadList, verb: 'add' | 'remove') =>
    members.mutate(
      { listId: list.id, selection: chosen, verb },
      {
        onSuccess: (changed) => {
          const done = verb === 'add' ? `added to ${list.name}` : `taken out of ${list.name}`
          if (changed.is_running) toast.info(`${plural(count, 'lead')} being ${done}`, { description: IN_BACKGROUND })
          else
            toast.success(`${plural(changed.changed, 'lead')} ${done}`, {
              description: already(count - changed.changed, verb),
            })
          selection.clear()
        },
        onError: toastProblem,
      },
    )
  const enrich = () =>
    enriching.mutate(chosen, {
      onSuccess: (changed) => {
        toast.info(`${plural(changed.changed, 'lead')} being enriched`, { description: IN_BACKGROUND })
        selection.clear()
      },
      onError: toastProblem,
    })
  const save = () => {
    if (selection.isEverything) location.assign(exportUrl(filter))
    else exportLeads(chosen).then((file) => download('leads.csv', file, 'text/csv'), toastProblem)
  }
  const start = () =>
    campaign.mutate(
      { count, audience: selection.isEverything ? { filter } : { lead_ids: [...selection.ids] } },
      {
        onSuccess: (draft) => navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId: draft.id } }),
        onError: toastProblem,
      },
    )
  return (
    <section
      aria-label="Selected leads"
      className="mb-2 flex flex-wrap items-center gap-2 rounded-md border bg-primary-soft px-3 py-1.5"
    >
      <p className="text-[13px] text-primary-text" aria-live="polite">
        <span className="tabular font-medium">{formatNumber(count)}</span> selected
      </p>
      {isPageFull && !selection.isEverything && total !== undefined && total > selection.ids.size && (
        <Button variant="link" onClick={selection.selectEverything}>
          Select all {formatNumber(total)} that match
        </Button>
      )}
      <span className="flex-1" />
      <ListsMenu
        label="Add to list"
        icon={<ListPlus />}
        lists={lists}
        isBusy={members.isPending}
        onChoose={(list) => change(list, 'add')}
      >
        <MenuSeparator />
        <MenuItem onSelect={() => setNaming(true)}>
          <Plus /> New list …
        </MenuItem>
      </ListsMenu>
      {lists.length > 0 && (
        <ListsMenu
          label="Remove from list"
          icon={<ListMinus />}
          lists={listId ? lists.filter((list) => list.id === listId) : lists}
          isBusy={members.isPending}
          onChoose={(list) => change(list, 'remove')}
        />
      )}
      <Button size="sm" isBusy={campaign.isPending} onClick={start}>
        <Megaphone /> Start a campaign
      </Button>
      <Button size="sm" isBusy={enriching.isPending} onClick={enrich}>
        <Sparkles /> Enrich
      </Button>
      <Button size="sm" onClick={save}>
        <Download /> Export
      </Button>
      <Button size="sm" className="text-danger-text" onClick={() => onDelete(chosen, count)}>
        <Trash2 /> Delete
      </Button>
      <Button variant="ghost" size="icon-sm" aria-label="Clear the selection" onClick={selection.clear}>
        <X />
      </Button>
      {isNaming && (
        <ListNameDialog list={null} onClose={() => setNaming(false)} onCreated={(list) => change(list, 'add')} />
      )}
    </section>
  )
}

const already = (rest: number, verb: 'add' | 'remove'): string | undefined =>
  rest > 0 ? `${formatNumber(rest)} ${verb === 'add' ? 'were in it already' : 'were not in it'}.` : undefined

interface ListsMenuProps {
  label: string
  icon: ReactNode
  lists: LeadList[]
  isBusy: boolean
  onChoose: (list: LeadList) => void
  children?: ReactNode
}

function ListsMenu({ label, icon, lists, isBusy, onChoose, children }: ListsMenuProps) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="sm" isBusy={isBusy}>
          {icon} {label}
        </Button>
      </MenuTrigger>
      <MenuContent className="max-h-80 max-w-72 overflow-y-auto">
        <MenuLabel>{label}</MenuLabel>
        {lists.map((list) => (
          <MenuItem key={list.id} onSelect={() => onChoose(list)}>
            <span className="truncate">{list.name}</span>
          </MenuItem>
        ))}
        {children}
      </MenuContent>
    </Menu>
  )
}
