import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import { humanize } from '@/lib/format'

/** A definition as it is drawn and told: every node with its words, its parameters and where it leads. */
export interface GraphNode {
  id: string
  type: string
  label: string
  /** What kind of step it is; null if this version of the program does not know it. */
  specification: NodeSpecification | null
  parameters: Parameter[]
  ways: Way[]
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

const SHOWN_AS_TITLE = 'label'

/** The nodes in the order in which a run can meet them, then those that nothing leads to. */
export function graphOf(definition: WorkflowDefinition, specifications: NodeSpecification[]): Graph {
  const known = new Map(specifications.map((specification) => [specification.type, specification]))
  const nodes = new Map(
    definition.nodes.map((node): [string, GraphNode] => {
      const specification = known.get(node.type) ?? null
      const title = node.data?.[SHOWN_AS_TITLE]
      return [
        node.id,
        {
          id: node.id,
          type: node.type,
          label: typeof title === 'string' && title ? title : (specification?.label ?? humanize(node.type)),
          specification,
          parameters: parametersOf(node.data ?? {}, specification),
          ways: definition.edges
            .filter((edge) => edge.source === node.id)
            .map((edge) => wayOf(edge.target, edge.sourceHandle, specification)),
        },
      ]
    }),
  )
  return inOrder(nodes)
}

function wayOf(target: string, sourceHandle: string | null | undefined, specification: NodeSpecification | null): Way {
  const handle = sourceHandle ?? specification?.ordinary_handle ?? ''
  const label = specification?.handles.find((one) => one.name === handle)?.label ?? humanize(handle)
  return { handle, label, target }
}

/** The parameters that are set, described by the node's schema. */
function parametersOf(values: Record<string, unknown>, specification: NodeSpecification | null): Parameter[] {
  const properties = (specification?.params.properties ?? {}) as Record<
    string,
    { title?: string; description?: string } | undefined
  >
  return Object.entries(values)
    .filter(([name, value]) => name !== SHOWN_AS_TITLE && value !== '' && value !== null)
    .map(([name, value]) => ({
      name,
      label: properties[name]?.title ?? humanize(name),
      value: shown(value),
      description: properties[name]?.description ?? '',
    }))
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' ? value : JSON.stringify(value)
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
