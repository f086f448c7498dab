import dagre from '@dagrejs/dagre'
import type { Graph, GraphNode } from './graph'

export const NODE_WIDTH = 232
/** Room for the name of one outcome. */
const OUTCOME_WIDTH = 78
const HEAD = 56
const LINE = 20

export interface Point {
  x: number
  y: number
}

export interface Drawing {
  /** Top left corner of each node, in pixels. */
  nodes: Map<string, Point>
  /** What each edge passes between its ends so that it crosses no node; by `edgeId`. */
  bends: Map<string, Point[]>
}

export const edgeId = (source: string, handle: string, target: string): string => `${source} ${handle} ${target}`

/** Height of a node in pixels, as its component draws it. */
export const heightOf = (node: GraphNode): number => {
  const lines = node.told.length
  return HEAD + (lines ? lines * LINE + 12 : 0) + (node.outcomes.length ? 22 : 0)
}

export const widthOf = (node: GraphNode): number => Math.max(NODE_WIDTH, node.outcomes.length * OUTCOME_WIDTH)

/** An unfinished definition may lead to nodes that are not there. */
const waysWithin = (node: GraphNode, known: ReadonlySet<string>) => node.ways.filter((way) => known.has(way.target))

export const isPlaced = (graph: Graph): boolean => graph.length > 0 && graph.every((node) => node.position)

/** As somebody put the steps, if somebody did: what is looked at looks like what was drawn. */
export const drawingOf = (graph: Graph): Drawing =>
  isPlaced(graph)
    ? { nodes: new Map(graph.map((node) => [node.id, node.position ?? { x: 0, y: 0 }])), bends: new Map() }
    : layout(graph)

/** Edges with an empty name get lost in the plan. */
const nameOf = (handle: string) => `by ${handle}`

/** From top to bottom, so that edges cross as little as possible. */
export function layout(graph: Graph): Drawing {
  const plan = new dagre.graphlib.Graph({ multigraph: true })
  plan.setGraph({ rankdir: 'TB', nodesep: 56, edgesep: 40, ranksep: 72 })
  for (const node of graph) plan.setNode(node.id, { width: widthOf(node), height: heightOf(node) })
  const known = new Set(graph.map((node) => node.id))
  for (const node of graph)
    for (const way of waysWithin(node, known)) plan.setEdge(node.id, way.target, {}, nameOf(way.handle))
  dagre.layout(plan)
  const centre = (id: string): Point => plan.node(id)
  const bendsOf = (source: string, target: string, handle: string): Point[] => {
    const inner = plan.edge(source, target, nameOf(handle)).points.slice(1, -1)
    // A way to the next rank has one point halfway, which adds nothing.
    return inner.length > 1 ? inner.map(({ x, y }: Point) => ({ x, y })) : []
  }
  const edges = graph.flatMap((node) =>
    waysWithin(node, known).map((way) => ({
      ...way,
      source: node.id,
      bends: bendsOf(node.id, way.target, way.handle),
    })),
  )
  // The plan knows nothing of the order of outcomes: of it and its mirror image the one that follows them is taken.
  const side = isAgainstOutcomes(graph, edges, centre) ? -1 : 1
  const turned = ({ x, y }: Point): Point => ({ x: side * x, y })
  return {
    nodes: new Map(
      graph.map((node) => {
        const { x, y } = turned(centre(node.id))
        return [node.id, { x: x - widthOf(node) / 2, y: y - heightOf(node) / 2 }]
      }),
    ),
    bends: new Map(edges.map((edge) => [edgeId(edge.source, edge.handle, edge.target), edge.bends.map(turned)])),
  }
}

interface PlannedEdge {
  source: string
  handle: string
  target: string
  bends: Point[]
}

/** True if more outcomes lead the wrong way (the left one to the right) than the right way. */
function isAgainstOutcomes(graph: Graph, edges: PlannedEdge[], centre: (id: string) => Point): boolean {
  let balance = 0
  for (const node of graph) {
    const order = node.outcomes.map((outcome) => outcome.name)
    const leads = edges
      .filter((edge) => edge.source === node.id)
      .toSorted((one, other) => order.indexOf(one.handle) - order.indexOf(other.handle))
      .map((edge) => (edge.bends[0] ?? centre(edge.target)).x)
    for (let index = 1; index < leads.length; index++)
      balance += Math.sign((leads[index] ?? 0) - (leads[index - 1] ?? 0))
  }
  return balance < 0
}
