import { useQuery } from '@tanstack/react-query'
import { List, MoreHorizontal, Pencil, Plus, Trash2, Users } from 'lucide-react'
import { useState } from 'react'
import { type LeadList, listsQuery, useDeleteList } from '@/api/lists'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { NativeSelect } from '@/components/ui/input'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu'
import { Skeleton } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatCompact, formatNumber } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { ListNameDialog } from './list-name-dialog'

interface ListRailProps {
  listId: number | undefined
  onChoose: (listId: number | undefined) => void
}

/** The lists: a rail beside a wide table, a menu above a narrow one. */
export function ListRail({ listId, onChoose }: ListRailProps) {
  const { data: lists = [], isPending } = useQuery(listsQuery())
  const [editing, setEditing] = useState<LeadList | 'new' | null>(null)
  const [deleting, setDeleting] = useState<LeadList | null>(null)
  const removing = useDeleteList()
  const remove = (list: LeadList) =>
    removing.mutate(list.id, {
      onSuccess: () => {
        setDeleting(null)
        if (list.id === listId) onChoose(undefined)
      },
      onError: toastProblem,
    })
  const current = lists.find((list) => list.id === listId)
  return (
    <>
      <nav aria-label="Lists" className="hidden w-52 shrink-0 flex-col gap-0.5 overflow-y-auto pr-3 lg:flex">
        <div className="flex items-center justify-between pb-1 pl-2">
          <h2 className="font-medium text-muted-foreground text-xs">Lists</h2>
          <Button variant="ghost" size="icon-sm" aria-label="New list" onClick={() => setEditing('new')}>
            <Plus />
          </Button>
        </div>
        <RailItem name="All leads" icon={Users} isCurrent={!listId} onChoose={() => onChoose(undefined)} />
        {isPending && [1, 2, 3].map((line) => <Skeleton key={line} className="mx-2 my-1.5 h-5" />)}
        {lists.map((list) => (
          <RailItem
            key={list.id}
            name={list.name}
            icon={List}
            count={list.lead_count}
            isCurrent={list.id === listId}
            onChoose={() => onChoose(list.id)}
          >
            <ListMenu list={list} onRename={() => setEditing(list)} onDelete={() => setDeleting(list)} />
          </RailItem>
        ))}
        {!isPending && lists.length === 0 && (
          <p className="px-2 text-muted-foreground text-xs">Group leads in lists to start campaigns with them.</p>
        )}
      </nav>
      <div className="mb-2 flex items-center gap-2 lg:hidden">
        <NativeSelect
          aria-label="List"
          value={listId ?? ''}
          onChange={(event) => onChoose(Number(event.target.value) || undefined)}
        >
          <option value="">All leads</option>
          {lists.map((list) => (
            <option key={list.id} value={list.id}>
              {list.name} ({formatNumber(list.lead_count)})
            </option>
          ))}
        </NativeSelect>
        {current && (
          <ListMenu list={current} onRename={() => setEditing(current)} onDelete={() => setDeleting(current)} />
        )}
        <Button size="icon" aria-label="New list" onClick={() => setEditing('new')}>
          <Plus />
        </Button>
      </div>
      {editing && (
        <ListNameDialog
          list={editing === 'new' ? null : editing}
          onClose={() => setEditing(null)}
          onCreated={(list) => onChoose(list.id)}
        />
      )}
      <Confirm
        open={deleting !== null}
        onOpenChange={(open) => !open && setDeleting(null)}
        title={`Delete the list “${deleting?.name ?? ''}”?`}
        description="Only the list goes; the leads in it stay. Campaigns that were given the list keep whom they have."
        action="Delete list"
        isDangerous
        isBusy={removing.isPending}
        onConfirm={() => deleting && remove(deleting)}
      />
    </>
  )
}

interface RailItemProps {
  name: string
  icon: typeof List
  count?: number
  isCurrent: boolean
  onChoose: () => void
  children?: React.ReactNode
}

function RailItem({ name, icon: Icon, count, isCurrent, onChoose, children }: RailItemProps) {
  return (
    <div className={cn('group flex h-8 items-center rounded-md hover:bg-accent', isCurrent && 'bg-accent')}>
      <button
        type="button"
        aria-current={isCurrent ? 'true' : undefined}
        onClick={onChoose}
        className={cn(
          'flex h-full min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left text-[13px]',
          isCurrent ? 'font-medium text-foreground' : 'text-muted-foreground',
        )}
      >
        <Icon className="size-4 shrink-0" aria-hidden />
        <span className="min-w-0 flex-1 truncate">{name}</span>
        {count !== undefined && <span className="tabular text-xs">{formatCompact(count)}</span>}
      </button>
      {children}
    </div>
  )
}

function ListMenu({ list, onRename, onDelete }: { list: LeadList; onRename: () => void; onDelete: () => void }) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`List ${list.name}`}>
          <MoreHorizontal />
        </Button>
      </MenuTrigger>
      <MenuContent>
        <MenuItem onSelect={onRename}>
          <Pencil /> Rename
        </MenuItem>
        <MenuItem isDangerous onSelect={onDelete}>
          <Trash2 /> Delete
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
