import { Panel, useConnection } from '@xyflow/react'
import { Ban } from 'lucide-react'
import { whyNot } from './connecting'
import type { DocEdge, Specifications } from './document'
import { useEditorStore } from './store'

/** While a line is drawn: why it can't end where the pointer is. */
export function ConnectionHint({
  specifications,
  replaced,
}: {
  specifications: Specifications
  replaced: DocEdge | undefined
}) {
  const store = useEditorStore()
  const connection = useConnection()
  if (!connection.inProgress || !connection.toNode || connection.isValid) return null
  const { fromHandle, fromNode, toNode, toHandle } = connection
  if (!fromNode || !fromHandle) return null
  const isForward = fromHandle.type === 'source'
  const edge = {
    source: isForward ? fromNode.id : toNode.id,
    sourceHandle: (isForward ? fromHandle.id : toHandle?.id) ?? '',
    target: isForward ? toNode.id : fromNode.id,
  }
  const words = whyNot(store.doc, edge, specifications, replaced)
  if (!words) return null
  return (
    <Panel position="top-center">
      <p
        role="status"
        className="pointer-events-none flex max-w-md gap-2 rounded-md border bg-surface px-2.5 py-1.5 text-[13px] text-danger-text shadow-lg"
      >
        <Ban className="mt-0.5 size-4 shrink-0" aria-hidden />
        {words}
      </p>
    </Panel>
  )
}
