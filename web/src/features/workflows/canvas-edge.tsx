import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react'
import type { Point } from './layout'

export type CanvasEdge = Edge<{ bends: Point[] }, 'way'>

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

function Way({ sourceX, sourceY, targetX, targetY, data, ...edge }: EdgeProps<CanvasEdge>) {
  const path = pathThrough([{ x: sourceX, y: sourceY }, ...(data?.bends ?? []), { x: targetX, y: targetY }])
  return <BaseEdge id={edge.id} path={path} markerEnd={edge.markerEnd} style={edge.style} />
}

export const EDGE_TYPES = { way: Way }
