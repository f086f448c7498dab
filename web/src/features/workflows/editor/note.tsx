import { type NodeProps, NodeResizer } from '@xyflow/react'
import { memo } from 'react'
import { cn } from '@/lib/cn'
import type { NoteNode } from './drawn'
import { useEditor, useEditorStore } from './store'

const COLOURS: Record<string, string> = {
  yellow: 'border-warning/60 bg-warning-soft text-warning-text',
  blue: 'border-info/60 bg-info-soft text-info-text',
  green: 'border-success/60 bg-success-soft text-success-text',
  pink: 'border-danger/60 bg-danger-soft text-danger-text',
  grey: 'bg-accent text-foreground',
}

/** A sticky note: words on the canvas, for people. */
function Note({ id, data, selected }: NodeProps<NoteNode>) {
  const store = useEditorStore()
  const isWriting = useEditor((state) => state.renaming === id)
  const change = (fields: Record<string, unknown>, group: string) =>
    store.edit(
      (doc) => ({
        ...doc,
        nodes: doc.nodes.map((node) => (node.id === id ? { ...node, data: { ...node.data, ...fields } } : node)),
      }),
      `${id}.${group}`,
    )
  return (
    <div
      className={cn(
        'h-full overflow-hidden rounded-md border p-3 text-[13px] shadow-sm',
        COLOURS[data.colour] ?? COLOURS.yellow,
        selected && 'ring-2 ring-ring',
      )}
    >
      {data.canEdit && (
        <NodeResizer
          isVisible={selected}
          minWidth={120}
          minHeight={60}
          onResize={(_, { width, height }) => change({ width: Math.round(width), height: Math.round(height) }, 'size')}
        />
      )}
      {isWriting && data.canEdit ? (
        <textarea
          // biome-ignore lint/a11y/noAutofocus: somebody just asked to write here
          autoFocus
          aria-label="Note"
          className="nodrag nopan nowheel size-full resize-none bg-transparent outline-none"
          value={data.text}
          onChange={(event) => change({ text: event.target.value }, 'text')}
          onBlur={() => store.rename(null)}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
        />
      ) : (
        <p className="whitespace-pre-wrap break-words">{data.text || 'Double-click to write'}</p>
      )}
    </div>
  )
}

export const NOTE_TYPES = { note: memo(Note) }
