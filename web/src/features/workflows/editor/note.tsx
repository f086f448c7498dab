import { type NodeProps, NodeResizer } from '@xyflow/react'
import { memo } from 'react'
import { NoteWords, Paper } from '@/components/workflow-canvas/notes'
import type { NoteNode } from './drawn'
import { useEditor, useEditorStore } from './store'

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
    <Paper colour={data.note.colour} isSelected={!!selected}>
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
          value={data.note.text}
          onChange={(event) => change({ text: event.target.value }, 'text')}
          onBlur={() => store.rename(null)}
          onKeyDown={(event) => {
            event.stopPropagation()
            if (event.key === 'Escape') event.currentTarget.blur()
          }}
        />
      ) : (
        <NoteWords text={data.note.text || 'Double-click to write'} />
      )}
    </Paper>
  )
}

export const NOTE_TYPES = { note: memo(Note) }
