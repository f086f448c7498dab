import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import { humanize } from '@/lib/format'
import { labelOf } from './labels'
import type { Point } from './layout'
import { type Data, ERROR, NOTE, type Outcome, ordinaryOutcome, outcomesOf } from './outcomes'
import { tellStep } from './telling'
import { valueWords } from './value-words'

/** A definition as it is drawn and told: every node with its words, its parameters and where it leads. */
export interface GraphNode {
  id: string
  type: string
  label: string
  /** What kind of step it is; null if this version of the program does not know it. */
  specification: NodeSpecification | null
  data: Data
  parameters: Parameter[]
  /** What it does, in lines of a few words. */
  told: string[]
  /** Every way to leave it, whether something follows or not; without the error. */
  outcomes: Outcome[]
  ways: Way[]
  /** Where it was put; nowhere if only a layout knows. */
  position?: Point | undefined
}

export interface Parameter {
  name: string
  label: string
  value: string
  description: string
}

/** An outcome of a node and the node that follows. */
export interface Way {
  handle: string
  label: string
  target: string
}

export type Graph = GraphNode[]

/** Shown elsewhere than among a step's parameters. */
const NOT_PARAMETERS = new Set(['label', 'notes', 'disabled', 'definition'])

type DefinedNode = WorkflowDefinition['nodes'][number]
type DefinedEdge = WorkflowDefinition['edges'][number]

/** The nodes in the order in which a run can meet them, then those that nothing leads to; without sticky notes. */
export function graphOf(definition: WorkflowDefinition, specifications: NodeSpecification[]): Graph {
  const known = new Map(specifications.map((specification) => [specification.type, specification]))
  const leaving = new Map<string, DefinedEdge[]>()
  for (const edge of definition.edges) leaving.set(edge.source, [...(leaving.get(edge.source) ?? []), edge])
  const nodes = new Map(
    definition.nodes
      .filter((node) => node.type !== NOTE)
      .map((node): [string, GraphNode] => [
        node.id,
        graphNodeOf(node, known.get(node.type) ?? null, leaving.get(node.id) ?? []),
      ]),
  )
  return inOrder(nodes)
}

/** One node with the edges that leave it. */
export function graphNodeOf(
  node: DefinedNode,
  specification: NodeSpecification | null,
  edges: readonly DefinedEdge[],
): GraphNode {
  const data = node.data ?? {}
  const outcomes = outcomesOf(specification, data)
  const ways = edges.map((edge) => wayOf(edge, specification, data, outcomes))
  const parameters = parametersOf(data, specification)
  return {
    id: node.id,
    type: node.type,
    label: typeof data.label === 'string' && data.label ? data.label : (specification?.label ?? humanize(node.type)),
    specification,
    data,
    parameters,
    told: tellStep(node.type, data, specification, parameters),
    // A kind of node that is not known here still shows the outcomes that lead on.
    outcomes: specification ? outcomes : outcomesOfWays(ways),
    ways,
    position: node.position ? { x: node.position.x, y: node.position.y } : undefined,
  }
}

function wayOf(edge: DefinedEdge, specification: NodeSpecification | null, data: Data, outcomes: Outcome[]): Way {
  const handle = edge.sourceHandle ?? ordinaryOutcome(specification, data)
  const label = outcomes.find((one) => one.name === handle)?.label ?? (handle === ERROR ? 'On error' : humanize(handle))
  return { handle, label, target: edge.target }
}

const outcomesOfWays = (ways: Way[]): Outcome[] =>
  [...new Map(ways.filter((way) => way.handle !== ERROR).map((way) => [way.handle, way])).values()].map((way) => ({
    name: way.handle,
    label: way.label,
    description: '',
    required: false,
  }))

/** The parameters that are set, described by the node's schema. */
function parametersOf(values: Record<string, unknown>, specification: NodeSpecification | null): Parameter[] {
  const properties = (specification?.params.properties ?? {}) as Record<
    string,
    { title?: string; description?: string } | undefined
  >
  return Object.entries(values)
    .filter(([name, value]) => !NOT_PARAMETERS.has(name) && value !== '' && value !== null)
    .map(([name, value]) => ({
      name,
      label: labelOf(name, properties[name]?.title),
      value: valueWords(value),
      description: properties[name]?.description ?? '',
    }))
}

function inOrder(nodes: Map<string, GraphNode>): Graph {
  const targets = new Set([...nodes.values()].flatMap((node) => node.ways.map((way) => way.target)))
  const starts = [...nodes.keys()].filter((id) => !targets.has(id))
  const order = new Map<string, GraphNode>()
  const queue = [...starts, ...nodes.keys()]
  const visit = (id: string) => {
    const node = nodes.get(id)
    if (!node || order.has(id)) return
    order.set(id, node)
    for (const way of node.ways) visit(way.target)
  }
  queue.forEach(visit)
  return [...order.values()]
}

/** Steps as sentences: `Passed: go to 2, SMS agent`. */
export function outlineOf(graph: Graph): { node: GraphNode; number: number; ways: string[] }[] {
  const numbers = new Map(graph.map((node, index) => [node.id, index + 1]))
  return graph.map((node, index) => ({
    node,
    number: index + 1,
    ways: node.ways.map((way) => {
      const target = graph.find((other) => other.id === way.target)
      return `${way.label}: ${numbers.get(way.target) ?? '?'}, ${target?.label ?? way.target}`
    }),
  }))
}

/** The first difference in what two versions hold: how many steps came, went or changed. */
export function changesBetween(before: WorkflowDefinition, after: WorkflowDefinition): string {
  const old = new Map(before.nodes.map((node) => [node.id, JSON.stringify([node.type, node.data])]))
  const current = new Map(after.nodes.map((node) => [node.id, JSON.stringify([node.type, node.data])]))
  const added = [...current.keys()].filter((id) => !old.has(id)).length
  const removed = [...old.keys()].filter((id) => !current.has(id)).length
  const changed = [...current].filter(([id, content]) => old.has(id) && old.get(id) !== content).length
  const parts = [added && `${added} added`, removed && `${removed} removed`, changed && `${changed} changed`]
  return parts.filter(Boolean).join(', ') || 'same steps, other connections'
}
