import { useEditor, useEditorStore } from './editor/store'
import { renameStep } from './editor/titles'

/** A step's name on the canvas; while it is renamed, a field. */
export function NodeTitle({ id, title }: { id: string; title: string }) {
  const isRenaming = useEditor((state) => state.renaming === id)
  const store = useEditorStore()
  if (!isRenaming) return <p className="truncate font-semibold text-[13px]">{title}</p>
  const close = (label: string | null) => {
    store.rename(null)
    if (label !== null && label.trim() !== title) store.edit((doc) => renameStep(doc, id, label.trim()))
    document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus()
  }
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: somebody just asked to type here
      autoFocus
      aria-label="Name of the step"
      defaultValue={title}
      maxLength={120}
      className="nodrag nopan w-full rounded border border-ring bg-surface px-1 font-semibold text-[13px]"
      onFocus={(event) => event.currentTarget.select()}
      onBlur={(event) => close(event.currentTarget.value)}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'Enter') close(event.currentTarget.value)
        if (event.key === 'Escape') close(null)
      }}
    />
  )
}
