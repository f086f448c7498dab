import { useState } from 'react'
import type { NodeSpecification } from '@/api/workflows'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Input } from '@/components/ui/input'
import { NodeIcon } from '@/components/workflow-canvas/icons'
import { cn } from '@/lib/cn'
import type { Commands } from './commands'
import { paletteOf } from './palette-items'
import { useEditor, useEditorStore } from './store'

/** Chooses the step that goes where somebody asked for one: words, arrows, Enter. */
export function Adder({ specifications, commands }: { specifications: NodeSpecification[]; commands: Commands }) {
  const store = useEditorStore()
  const place = useEditor((state) => state.adding)
  return (
    <Dialog open={place !== null} onOpenChange={(isOpen) => !isOpen && store.choose(null)}>
      {place && (
        <DialogContent
          title="Add a step"
          className="max-w-md"
          onOpenAutoFocus={(event) => {
            event.preventDefault()
            document.getElementById('adder-words')?.focus()
          }}
        >
          <Choice
            specifications={specifications}
            onPick={(type) => {
              store.choose(null)
              commands.add(type, place)
            }}
          />
        </DialogContent>
      )}
    </Dialog>
  )
}

function Choice({ specifications, onPick }: { specifications: NodeSpecification[]; onPick: (type: string) => void }) {
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const groups = paletteOf(
    specifications.filter((one) => !one.unavailable),
    words,
  )
  const items = groups.flatMap((group) => group.items)
  const current = items[Math.min(at, items.length - 1)]
  const id = (type: string) => `adder-${type}`
  return (
    <>
      <Input
        id="adder-words"
        role="combobox"
        aria-label="Search steps"
        aria-expanded
        aria-controls="adder-list"
        aria-activedescendant={current && id(current.type)}
        placeholder="What happens next?"
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setAt(0)
        }}
        onKeyDown={(event) => {
          const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
          if (by !== 0) {
            event.preventDefault()
            const next = (at + by + items.length) % Math.max(1, items.length)
            setAt(next)
            document.getElementById(id(items[next]?.type ?? ''))?.scrollIntoView({ block: 'nearest' })
          }
          if (event.key === 'Enter' && current) {
            event.preventDefault()
            onPick(current.type)
          }
        }}
      />
      {items.length === 0 && <p className="p-2 pt-3 text-[13px] text-muted-foreground">No step is called like this.</p>}
      <div id="adder-list" role="listbox" aria-label="Steps" className="mt-2 max-h-[50dvh] overflow-y-auto">
        {groups.map((group) => (
          <div key={group.name} role="group" aria-label={group.name}>
            <p aria-hidden className="px-2 pt-2 pb-0.5 font-medium text-muted-foreground text-xs">
              {group.name}
            </p>
            {group.items.map((item) => (
              // biome-ignore lint/a11y/useFocusableInteractive: the field above keeps the focus
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field above takes the keys
              <div
                key={item.type}
                id={id(item.type)}
                role="option"
                aria-selected={item === current}
                onClick={() => onPick(item.type)}
                onMouseMove={() => setAt(items.indexOf(item))}
                className={cn(
                  'flex cursor-pointer items-start gap-2.5 rounded-md px-2 py-1.5',
                  item === current && 'bg-accent',
                )}
              >
                <span className="mt-0.5 grid size-7 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
                  <NodeIcon name={item.icon} className="size-4" />
                </span>
                <span className="min-w-0">
                  <span className="block font-medium text-[13px]">{item.label}</span>
                  <span className="block truncate text-muted-foreground text-xs">{item.description}</span>
                </span>
              </div>
            ))}
          </div>
        ))}
      </div>
    </>
  )
}
