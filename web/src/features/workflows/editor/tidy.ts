import type { NodeSpecification } from '@/api/workflows'
import { graphOf } from '@/components/workflow-canvas/graph'
import { type Drawing, edgeId, layout, type Point } from '@/components/workflow-canvas/layout'
import { type Doc, definitionOf, moveNodes } from './document'

/** The document with every step in its place, from top to bottom; notes stay where they are. */
export const tidy = (doc: Doc, specifications: NodeSpecification[]): Doc => placed(doc, drawingOf(doc, specifications))

/** The document with every step where a drawing has it. */
export const placed = (doc: Doc, drawing: Drawing): Doc =>
  moveNodes(doc, new Map([...drawing.nodes].map(([id, place]) => [id, rounded(place)])))

export const drawingOf = (doc: Doc, specifications: NodeSpecification[]): Drawing =>
  layout(graphOf(definitionOf(doc), specifications))

const rounded = ({ x, y }: Point): Point => ({ x: Math.round(x), y: Math.round(y) })

/** The ways around nodes that a drawing found, for edges whose ends are still where it put them. */
export function bendsWithin(doc: Doc, drawing: Drawing | null): ReadonlyMap<string, Point[]> {
  if (!drawing) return new Map()
  const isThere = new Set(
    doc.nodes
      .filter(({ id, position }) => {
        const place = drawing.nodes.get(id)
        return place && Math.round(place.x) === position.x && Math.round(place.y) === position.y
      })
      .map((node) => node.id),
  )
  const ways = doc.edges
    .filter((edge) => isThere.has(edge.source) && isThere.has(edge.target))
    .map((edge) => edgeId(edge.source, edge.sourceHandle, edge.target))
  return new Map(ways.flatMap((id) => (drawing.bends.get(id)?.length ? [[id, drawing.bends.get(id) ?? []]] : [])))
}
