import type { NodeSpecification } from '@/api/workflows'
import { type GraphNode, graphNodeOf, graphOf } from '@/components/workflow-canvas/graph'
import { type Drawing, edgeId, layout, type Point } from '@/components/workflow-canvas/layout'
import { NOTE } from '@/components/workflow-canvas/outcomes'
import { boxOf, entryOf, exitOf, type Line, routes } from '@/components/workflow-canvas/routing'
import { type Doc, type DocNode, definitionOf, moveNodes, type Specifications } from './document'

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

/** Ways of all lines around the steps in between; those that did not change keep their object. */
export class EdgeRouter {
  private known: ReadonlyMap<string, Point[]> = new Map()
  private shape = ''
  private drawing: Drawing | null = null
  private readonly nodes = new WeakMap<DocNode, GraphNode>()

  constructor(private readonly specifications: Specifications) {}

  route(doc: Doc, drawing: Drawing | null): ReadonlyMap<string, Point[]> {
    const steps = doc.nodes.filter((node) => node.type !== NOTE)
    const told = new Map(steps.map((node) => [node.id, this.told(node)]))
    const boxes = new Map(steps.map((node) => [node.id, boxOf(this.told(node), node.position)]))
    const lines = doc.edges.flatMap(({ source, sourceHandle, target }): Line[] => {
      const [node, from, to] = [told.get(source), boxes.get(source), boxes.get(target)]
      if (!node || !from || !to) return []
      const id = edgeId(source, sourceHandle, target)
      return [{ id, source, target, from: exitOf(node, from, sourceHandle), to: entryOf(to) }]
    })
    // Most changes are words within a step, which moves nothing.
    const shape = JSON.stringify([...boxes, lines])
    if (shape === this.shape && drawing === this.drawing) return this.known
    this.shape = shape
    this.drawing = drawing
    const found = routes(boxes, lines, bendsWithin(doc, drawing))
    for (const [id, bends] of found) {
      const before = this.known.get(id)
      if (before && isSameWay(before, bends)) found.set(id, before)
    }
    this.known = found
    return found
  }

  private told(node: DocNode): GraphNode {
    const known = this.nodes.get(node) ?? graphNodeOf(node, this.specifications.get(node.type) ?? null, [])
    this.nodes.set(node, known)
    return known
  }
}

const isSameWay = (one: Point[], other: Point[]): boolean =>
  one.length === other.length && one.every(({ x, y }, at) => x === other[at]?.x && y === other[at]?.y)
