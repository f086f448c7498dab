import { useReactFlow, useStore } from '@xyflow/react'
import { type RefObject, useEffect, useRef } from 'react'

export const FIT = { padding: 0.15, maxZoom: 1 }
/** Pixels above the first step and below the last one. */
const EDGE = 40
/** Below this zoom words are too small. */
const LEGIBLE = 0.7

interface LookingProps {
  /** Nodes that matter most, the most important one last. */
  wanted: readonly string[]
  /** Somebody moved the canvas: they know where they want to look. */
  isTaken: RefObject<boolean>
}

/** Shows the whole if that can be read, else the nodes that matter; again while the room for it changes. */
export function Looking({ wanted, isTaken }: LookingProps) {
  const flow = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const isReady = useStore((state) => state.panZoom !== null)
  const latest = useRef(wanted)
  latest.current = wanted
  useEffect(() => {
    if (!isReady || width === 0 || height === 0 || isTaken.current) return
    void look()
    async function look() {
      await flow.fitView(FIT)
      if (flow.getZoom() >= LEGIBLE) return
      const nodes = latest.current.flatMap((id) => flow.getNode(id) ?? [])
      const node = nodes.at(-1)
      if (!node) return
      if (nodes.length > 1) {
        await flow.fitView({ ...FIT, nodes })
        if (flow.getZoom() >= LEGIBLE) return
      }
      const centre = {
        x: node.position.x + (node.width ?? 0) / 2,
        y: node.position.y + (node.height ?? 0) / 2,
      }
      await flow.setCenter(centre.x, centre.y, { zoom: LEGIBLE })
      const view = flow.getViewport()
      const all = flow.getNodes()
      const top = Math.min(...all.map(({ position }) => position.y)) * view.zoom + view.y
      const bottom = Math.max(...all.map((one) => one.position.y + (one.height ?? 0))) * view.zoom + view.y
      // Nothing lies beyond the first and the last step: the others are worth the room.
      const spare = Math.max(0, height - EDGE - bottom)
      const y = top > EDGE ? view.y - (top - EDGE) : view.y + Math.min(spare, EDGE - top)
      if (y !== view.y) await flow.setViewport({ ...view, y })
    }
  }, [flow, isReady, width, height, isTaken])
  return null
}
