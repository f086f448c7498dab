import { BaseEdge, type Edge, EdgeLabelRenderer, type EdgeProps, getBezierPath } from '@xyflow/react'
import { Plus } from 'lucide-react'
import { memo, use, useRef, useState } from 'react'
import { CanvasEditingContext } from './editing'
import type { Point } from './layout'
import { cornersBack, leadsBack, roundedThrough } from './routing'

export type CanvasEdge = Edge<{ bends: Point[]; handle: string; canEdit?: boolean; told?: string | undefined }, 'way'>

/** A line that leaves and enters each of its points straight downwards. */
export function pathThrough(points: Point[]): string {
  const [first, ...rest] = points
  if (!first) return ''
  let from = first
  let path = `M${from.x},${from.y}`
  for (const to of rest) {
    const middle = (from.y + to.y) / 2
    path += `C${from.x},${middle} ${to.x},${middle} ${to.x},${to.y}`
    from = to
  }
  return path
}

/** Between the two points in the middle, or the one there. */
function middleOf(points: readonly Point[]): Point | undefined {
  const [one, other] = [points[Math.ceil(points.length / 2) - 1], points[Math.floor(points.length / 2)]]
  return one && other && { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 }
}

const LEAVE_MS = 150

function Way(props: EdgeProps<CanvasEdge>) {
  const { id, source, target, sourceX, sourceY, targetX, targetY, data, selected, style, markerEnd } = props
  const [isOver, setOver] = useState(false)
  const leaving = useRef<ReturnType<typeof setTimeout>>(undefined)
  const over = () => {
    clearTimeout(leaving.current)
    setOver(true)
  }
  // The pointer crosses a gap on its way from the line to the button.
  const leave = () => {
    leaving.current = setTimeout(() => setOver(false), LEAVE_MS)
  }
  const bends = data?.bends ?? []
  const [curve, middleX, middleY] = getBezierPath(props)
  const [from, to] = [
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
  ]
  const around = leadsBack(from, to) ? roundedThrough(cornersBack(from, bends, to)) : pathThrough([from, ...bends, to])
  const path = bends.length > 0 ? around : curve
  const middle = middleOf(bends) ?? { x: middleX, y: middleY }
  const edge = { source, sourceHandle: data?.handle ?? '', target }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only shows the button, which the keyboard reaches by Tab
    <g onMouseEnter={over} onMouseLeave={leave}>
      <BaseEdge id={id} path={path} {...(markerEnd && { markerEnd })} style={style} interactionWidth={24} />
      {data?.told && (
        <EdgeLabelRenderer>
          <span
            className="tabular pointer-events-none absolute rounded bg-surface px-1 text-[11px] text-muted-foreground"
            style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
          >
            {data.told}
          </span>
        </EdgeLabelRenderer>
      )}
      {data?.canEdit && (isOver || selected) && <AddButton at={middle} edge={edge} onOver={over} onLeave={leave} />}
    </g>
  )
}

interface AddButtonProps {
  at: Point
  edge: { source: string; sourceHandle: string; target: string }
  onOver: () => void
  onLeave: () => void
}

function AddButton({ at, edge, onOver, onLeave }: AddButtonProps) {
  const editing = use(CanvasEditingContext)
  return (
    <EdgeLabelRenderer>
      <button
        type="button"
        aria-label="Add a step here"
        className="nodrag nopan pointer-events-auto absolute grid size-6 place-items-center rounded-full border bg-surface text-primary-text shadow-md hover:bg-primary hover:text-primary-foreground"
        style={{ transform: `translate(-50%, -50%) translate(${at.x}px, ${at.y}px)` }}
        onMouseEnter={onOver}
        onMouseLeave={onLeave}
        onClick={() => editing?.addOn(edge)}
      >
        <Plus className="size-3.5" aria-hidden />
      </button>
    </EdgeLabelRenderer>
  )
}

export const EDGE_TYPES = { way: memo(Way) }
