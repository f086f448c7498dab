import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { type LeadDetail, leadKeys } from '@/api/leads'
import { type LeadList, listsQuery, useListMembers } from '@/api/lists'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import { SkeletonLines } from '@/components/ui/states'
import { toastProblem } from '@/lib/toast'
import { ListNameDialog } from './list-name-dialog'

/** Lists that the lead is in. */
export function ListsCard({ lead }: { lead: LeadDetail }) {
  const client = useQueryClient()
  const { data: lists = [], isPending } = useQuery(listsQuery())
  const members = useListMembers()
  const [isNaming, setNaming] = useState(false)
  const isIn = (list: LeadList) => lead.list_ids?.includes(list.id) ?? false
  const change = (list: LeadList, verb: 'add' | 'remove') =>
    members.mutate(
      { listId: list.id, selection: { ids: [lead.id] }, verb },
      {
        onSuccess: () => client.invalidateQueries({ queryKey: leadKeys.one(lead.id) }),
        onError: toastProblem,
      },
    )
  const mine = lists.filter(isIn)
  return (
    <Card>
      <CardHeader
        title="Lists"
        actions={
          <Menu>
            <MenuTrigger asChild>
              <Button variant="ghost" size="icon-sm" aria-label="Add to a list">
                <Plus />
              </Button>
            </MenuTrigger>
            <MenuContent className="max-h-80 max-w-72 overflow-y-auto">
              {lists
                .filter((list) => !isIn(list))
                .map((list) => (
                  <MenuItem key={list.id} onSelect={() => change(list, 'add')}>
                    <span className="truncate">{list.name}</span>
                  </MenuItem>
                ))}
              <MenuSeparator />
              <MenuItem onSelect={() => setNaming(true)}>
                <Plus /> New list …
              </MenuItem>
            </MenuContent>
          </Menu>
        }
      />
      <CardBody>
        {isPending ? (
          <SkeletonLines count={1} />
        ) : mine.length === 0 ? (
          <p className="text-[13px] text-muted-foreground">In no list.</p>
        ) : (
          <ul className="flex flex-wrap gap-1.5">
            {mine.map((list) => (
              <li key={list.id} className="flex max-w-full items-center rounded-md border text-[13px]">
                <Link to="/leads" search={{ list_id: list.id }} className="truncate py-0.5 pl-2 hover:underline">
                  {list.name}
                </Link>
                <Button
                  variant="ghost"
                  size="icon-sm"
                  aria-label={`Take out of ${list.name}`}
                  onClick={() => change(list, 'remove')}
                >
                  <X />
                </Button>
              </li>
            ))}
          </ul>
        )}
      </CardBody>
      {isNaming && (
        <ListNameDialog list={null} onClose={() => setNaming(false)} onCreated={(list) => change(list, 'add')} />
      )}
    </Card>
  )
}
