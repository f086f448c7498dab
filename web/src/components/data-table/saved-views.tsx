import { Bookmark, X } from 'lucide-react'
import { useState } from 'react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/menu'
import { readStored, store } from '@/lib/storage'

interface SavedView {
  name: string
  /** The page's search parameters. */
  search: Record<string, unknown>
}

interface SavedViewsProps {
  /** Which page they belong to. */
  page: string
  search: Record<string, unknown>
  onApply: (search: Record<string, unknown>) => void
}

/** Filters and sort of a table under a name, kept in this browser. */
export function SavedViews({ page, search, onApply }: SavedViewsProps) {
  const key = `views.${page}`
  const [views, setViews] = useState<SavedView[]>(() => readStored(key, []))
  const [name, setName] = useState('')
  /** Another window may have saved or forgotten some meanwhile. */
  const change = (changed: (stored: SavedView[]) => SavedView[]) => {
    const next = changed(readStored<SavedView[]>(key, views))
    setViews(next)
    store(key, next)
  }
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button>
          <Bookmark /> Views
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-72" aria-label="Saved views">
        {views.length === 0 && (
          <p className="mb-2 text-[13px] text-muted-foreground">
            Save the present filters and order to come back to them with one click.
          </p>
        )}
        <ul className="grid gap-0.5">
          {views.map((view) => (
            <li key={view.name} className="flex items-center gap-1">
              <Button variant="ghost" size="sm" className="flex-1 justify-start" onClick={() => onApply(view.search)}>
                {view.name}
              </Button>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Forget view ${view.name}`}
                onClick={() => change((stored) => stored.filter((other) => other.name !== view.name))}
              >
                <X />
              </Button>
            </li>
          ))}
        </ul>
        <form
          className="mt-2 flex gap-2 border-t pt-3"
          onSubmit={(event) => {
            event.preventDefault()
            const title = name.trim()
            if (!title) return
            change((stored) => [...stored.filter((view) => view.name !== title), { name: title, search }])
            setName('')
          }}
        >
          <Input
            aria-label="Name of the new view"
            placeholder="Name this view"
            value={name}
            maxLength={60}
            onChange={(event) => setName(event.target.value)}
          />
          <Button type="submit" disabled={!name.trim()}>
            Save
          </Button>
        </form>
      </PopoverContent>
    </Popover>
  )
}
