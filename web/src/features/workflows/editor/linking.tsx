import { Panel, useStoreApi } from '@xyflow/react'
import { X } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { outcomesOf } from '@/components/workflow-canvas/outcomes'
import { toast } from '@/lib/toast'
import { whyNot } from './connecting'
import { connect, nodeOf, type Specifications } from './document'
import { useEditorStore } from './store'
import { titleOf } from './titles'

/** The outcome that was tapped; the next tap says where it leads. */
export interface Origin {
  source: string
  sourceHandle: string
}

export interface Linking {
  origin: Origin | null
  begin: (origin: Origin) => void
  /** True if the tap was meant for the line. */
  endAt: (target: string) => boolean
  /** Where nothing is yet: a new step follows there. */
  endInSpace: (position: { x: number; y: number }) => boolean
  cancel: () => void
}

/** Lines by two taps: for fingers, and for whoever finds dragging from a dot hard. */
export function useLinking(specifications: Specifications): Linking {
  const store = useEditorStore()
  const flow = useStoreApi()
  const [origin, setOrigin] = useState<Origin | null>(null)
  const cancel = useCallback(() => {
    setOrigin(null)
    // React Flow waits for the second dot on its own.
    flow.setState({ connectionClickStartHandle: null })
  }, [flow])
  useEffect(() => {
    if (!origin) return
    const press = (event: KeyboardEvent) => event.key === 'Escape' && cancel()
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [origin, cancel])
  const presentEdge = (from: Origin) =>
    store.doc.edges.find((edge) => edge.source === from.source && edge.sourceHandle === from.sourceHandle)
  const endAt = (target: string) => {
    if (!origin) return false
    const edge = { ...origin, target }
    const objection = whyNot(store.doc, edge, specifications, presentEdge(origin))
    if (objection) toast(objection)
    else store.edit((doc) => connect(doc, edge))
    cancel()
    return true
  }
  const endInSpace = (position: { x: number; y: number }) => {
    if (!origin) return false
    if (!presentEdge(origin)) store.choose({ kind: 'at', position, from: origin })
    cancel()
    return true
  }
  return { origin, begin: setOrigin, endAt, endInSpace, cancel }
}

/** What the second tap is for. */
export function LinkingHint({ linking, specifications }: { linking: Linking; specifications: Specifications }) {
  const store = useEditorStore()
  const { origin } = linking
  const node = origin && nodeOf(store.doc, origin.source)
  if (!origin || !node) return null
  const specification = specifications.get(node.type)
  const outcome = outcomesOf(specification, node.data).find(({ name }) => name === origin.sourceHandle)
  return (
    <Panel position="top-center">
      <p
        role="status"
        className="flex max-w-md items-center gap-2 rounded-md border bg-surface py-1 pr-1 pl-2.5 text-[13px] shadow-lg"
      >
        <span>
          “{outcome?.label ?? 'On error'}” of {titleOf(node, specification)}: tap the step that follows.
        </span>
        <Button variant="ghost" size="icon-sm" aria-label="No line after all" onClick={linking.cancel}>
          <X />
        </Button>
      </p>
    </Panel>
  )
}
