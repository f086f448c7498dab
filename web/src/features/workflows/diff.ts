import type { WorkflowDefinition } from '@/api/workflows'
import type { Change } from '@/components/workflow-canvas/marks'
import { humanize } from '@/lib/format'

export interface NodeChange {
  id: string
  type: string
  title: string
  change: Change
  /** Parameters that differ: before and after. */
  parameters: { name: string; before: unknown; after: unknown }[]
}

export interface EdgeChange {
  source: string
  /** What people call it. */
  title: string
  handle: string
  change: Change
  /** The steps to which it led before, and leads now. */
  before?: string | undefined
  after?: string | undefined
}

export interface Difference {
  nodes: NodeChange[]
  edges: EdgeChange[]
  settings: { name: string; before: unknown; after: unknown }[]
}

type Node = WorkflowDefinition['nodes'][number]
type Edge = WorkflowDefinition['edges'][number]

/** What differs between two definitions; where nodes are drawn does not count. */
export function differenceOf(before: WorkflowDefinition, after: WorkflowDefinition): Difference {
  const old = new Map(before.nodes.map((node) => [node.id, node]))
  const current = new Map(after.nodes.map((node) => [node.id, node]))
  const ids = [...new Set([...old.keys(), ...current.keys()])]
  const nodes = ids.flatMap((id) => nodeChange(old.get(id), current.get(id)))
  return {
    nodes,
    edges: edgeChanges(before.edges, after.edges, titlesOf([...before.nodes, ...after.nodes])),
    settings: fieldChanges(settingsOf(before), settingsOf(after)),
  }
}

export const isEmptyDifference = ({ nodes, edges, settings }: Difference): boolean =>
  nodes.length + edges.length + settings.length === 0

function nodeChange(before: Node | undefined, after: Node | undefined): NodeChange[] {
  const node = after ?? before
  if (!node) return []
  const parameters = before && after ? fieldChanges(before.data ?? {}, after.data ?? {}) : []
  if (before && after && before.type === after.type && parameters.length === 0) return []
  const title = titleOf(node)
  return [
    { id: node.id, type: node.type, title, change: !before ? 'added' : !after ? 'removed' : 'changed', parameters },
  ]
}

const titleOf = (node: Node): string =>
  typeof node.data?.label === 'string' && node.data.label ? node.data.label : humanize(node.type)

const titlesOf = (nodes: Node[]) => new Map(nodes.map((node) => [node.id, titleOf(node)]))

function fieldChanges(before: Record<string, unknown>, after: Record<string, unknown>) {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }))
}

const settingsOf = (definition: WorkflowDefinition) =>
  (definition as { settings?: Record<string, unknown> }).settings ?? {}

const wayOf = (edge: Edge) => `${edge.source} ${edge.sourceHandle ?? ''}`

function edgeChanges(before: Edge[], after: Edge[], titles: Map<string, string>): EdgeChange[] {
  const called = (id: string | undefined) => id && (titles.get(id) ?? id)
  const old = new Map(before.map((edge) => [wayOf(edge), edge]))
  const current = new Map(after.map((edge) => [wayOf(edge), edge]))
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((way) => {
    const [was, is] = [old.get(way), current.get(way)]
    const edge = is ?? was
    if (!edge || was?.target === is?.target) return []
    const change: Change = !was ? 'added' : !is ? 'removed' : 'changed'
    return [
      {
        source: edge.source,
        title: called(edge.source) ?? '',
        handle: edge.sourceHandle ?? '',
        change,
        before: called(was?.target),
        after: called(is?.target),
      },
    ]
  })
}
