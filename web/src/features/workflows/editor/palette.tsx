import { useState } from 'react'
import type { NodeSpecification } from '@/api/workflows'
import { Input } from '@/components/ui/input'
import { NodeIcon } from '@/components/workflow-canvas/icons'
import { DRAGGED, type PaletteItem, paletteOf } from './palette-items'

interface PaletteProps {
  specifications: NodeSpecification[]
  onAdd: (type: string) => void
}

/** Every kind of step, by search and by category; dragged onto the canvas, or pressed to follow what is selected. */
export function Palette({ specifications, onAdd }: PaletteProps) {
  const [words, setWords] = useState('')
  const groups = paletteOf(specifications, words)
  return (
    <div className="flex h-full flex-col">
      <div className="p-3 pb-2">
        <Input
          type="search"
          aria-label="Search steps"
          placeholder="Search steps"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          onKeyDown={(event) => {
            const first = groups[0]?.items.find((item) => !item.unavailable)
            if (event.key === 'Enter' && words && first) onAdd(first.type)
          }}
        />
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
        {groups.length === 0 && <p className="p-2 text-[13px] text-muted-foreground">No step is called like this.</p>}
        {groups.map((group) => (
          <section key={group.name} aria-label={group.name} className="pt-1.5">
            <p className="px-1 pb-0.5 font-medium text-muted-foreground text-xs">{group.name}</p>
            <ul>
              {group.items.map((item) => (
                <li key={item.type}>
                  <PaletteEntry item={item} onAdd={onAdd} />
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </div>
  )
}

function PaletteEntry({ item, onAdd }: { item: PaletteItem; onAdd: (type: string) => void }) {
  return (
    <button
      type="button"
      draggable={!item.unavailable}
      aria-disabled={item.unavailable ? true : undefined}
      title={item.unavailable || item.description}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAGGED, item.type)
        event.dataTransfer.effectAllowed = 'copy'
      }}
      onClick={() => !item.unavailable && onAdd(item.type)}
      className="flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left text-[13px] hover:bg-accent aria-disabled:cursor-not-allowed aria-disabled:text-muted-foreground aria-disabled:line-through"
    >
      <span className="grid size-6 shrink-0 place-items-center rounded bg-primary-soft text-primary-text">
        <NodeIcon name={item.icon} className="size-3.5" />
      </span>
      <span className="truncate">{item.label}</span>
    </button>
  )
}
