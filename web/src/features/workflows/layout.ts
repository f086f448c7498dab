import dagre from '@dagrejs/dagre'
import type { Graph, GraphNode } from './graph'

export const NODE_WIDTH = 232
const HEAD = 56
const LINE = 20
const SHOWN_PARAMETERS = 3

/** Parameters that a node shows on the canvas; the inspector shows all. */
export const shownParameters = (node: GraphNode) => node.parameters.slice(0, SHOWN_PARAMETERS)

/** Height of a node in pixels, as its component draws it. */
export const heightOf = (node: GraphNode): number => {
  const lines = shownParameters(node).length
  return HEAD + (lines ? lines * LINE + 12 : 0) + (node.specification?.handles.length ? 22 : 0)
}

/** Top left corners of the nodes, from top to bottom, so that edges cross as little as possible. */
export function layout(graph: Graph): Map<string, { x: number; y: number }> {
  const plan = new dagre.graphlib.Graph()
  plan.setGraph({ rankdir: 'TB', nodesep: 56, ranksep: 72 })
  plan.setDefaultEdgeLabel(() => ({}))
  for (const node of graph) plan.setNode(node.id, { width: NODE_WIDTH, height: heightOf(node) })
  for (const node of graph) for (const way of node.ways) plan.setEdge(node.id, way.target)
  dagre.layout(plan)
  return new Map(
    graph.map((node) => {
      const { x, y } = plan.node(node.id)
      return [node.id, { x: x - NODE_WIDTH / 2, y: y - heightOf(node) / 2 }]
    }),
  )
}
