import { Columns3 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Button } from '@/components/ui/button'
import { Menu, MenuCheck, MenuContent, MenuLabel, MenuTrigger } from '@/components/ui/menu'
import { readStored, store } from '@/lib/storage'

export function useHiddenColumns(page: string, hiddenAtFirst: string[] = []) {
  const key = `columns.${page}`
  const [names, setNames] = useState<string[]>(() => readStored(key, hiddenAtFirst))
  const hidden = useMemo(() => new Set(names), [names])
  const toggle = (id: string) => {
    const next = hidden.has(id) ? names.filter((name) => name !== id) : [...names, id]
    setNames(next)
    store(key, next)
  }
  return { hidden, toggle }
}

interface ColumnMenuProps {
  columns: { id: string; header: string; hideable?: boolean }[]
  hidden: ReadonlySet<string>
  onToggle: (id: string) => void
}

export function ColumnMenu({ columns, hidden, onToggle }: ColumnMenuProps) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button size="icon" aria-label="Choose columns">
          <Columns3 />
        </Button>
      </MenuTrigger>
      <MenuContent>
        <MenuLabel>Columns</MenuLabel>
        {columns
          .filter((column) => column.hideable !== false)
          .map((column) => (
            <MenuCheck
              key={column.id}
              checked={!hidden.has(column.id)}
              onCheckedChange={() => onToggle(column.id)}
              onSelect={(event) => event.preventDefault()}
            >
              {column.header}
            </MenuCheck>
          ))}
      </MenuContent>
    </Menu>
  )
}
