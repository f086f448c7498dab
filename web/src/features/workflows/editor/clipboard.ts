/** Steps on the clipboard, as text: they can be pasted into another workflow, another tab, a file. */

import type { Data } from '@/components/workflow-canvas/outcomes'
import { isRecord } from '@/components/workflow-canvas/records'
import { type Doc, type DocEdge, type DocNode, freeId } from './document'

const MARK = 'outrider.workflow'

export interface Fragment {
  nodes: DocNode[]
  edges: DocEdge[]
}

export function fragmentOf(doc: Doc, ids: ReadonlySet<string>): Fragment {
  return {
    nodes: doc.nodes.filter((node) => ids.has(node.id)),
    edges: doc.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)),
  }
}

export const textOf = (fragment: Fragment): string => JSON.stringify({ [MARK]: 1, ...fragment }, null, 2)

/** What the clipboard holds, if it is steps: copied here, or a definition as it is exported. */
export function fragmentFrom(text: string): Fragment | null {
  const content = parsed(text)
  const holder = isRecord(content) && isRecord(content.config) ? content.config : content
  if (!isRecord(holder) || !Array.isArray(holder.nodes) || !Array.isArray(holder.edges)) return null
  const nodes = holder.nodes.filter(isRecord).map((node, index): DocNode => {
    const { x, y } = isRecord(node.position) ? node.position : {}
    return {
      id: String(node.id ?? `step_${index}`),
      type: String(node.type ?? ''),
      data: isRecord(node.data) ? node.data : {},
      position: { x: typeof x === 'number' ? x : 0, y: typeof y === 'number' ? y : index * 160 },
    }
  })
  const known = new Set(nodes.map((node) => node.id))
  const edges = holder.edges
    .filter(isRecord)
    .map((edge) => ({
      source: String(edge.source),
      target: String(edge.target),
      sourceHandle: typeof edge.sourceHandle === 'string' ? edge.sourceHandle : '',
    }))
    .filter((edge) => known.has(edge.source) && known.has(edge.target))
  return nodes.length > 0 && nodes.every((node) => node.type) ? { nodes, edges } : null
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Other people's text on the clipboard is no error.
    return null
  }
}

/** The steps added under free ids, moved by `offset`; expressions that name one of them follow its new id. */
export function paste(doc: Doc, fragment: Fragment, offset: { x: number; y: number }): { doc: Doc; ids: Set<string> } {
  const taken = new Set(doc.nodes.map((node) => node.id))
  const renamed = new Map<string, string>()
  for (const node of fragment.nodes) {
    const id = freeId(taken, node.id)
    taken.add(id)
    renamed.set(node.id, id)
  }
  const newId = (id: string) => renamed.get(id) ?? id
  const nodes = fragment.nodes.map((node) => ({
    ...node,
    id: newId(node.id),
    data: withSteps(node.data, renamed) as Data,
    position: { x: node.position.x + offset.x, y: node.position.y + offset.y },
  }))
  const edges = fragment.edges.map((edge) => ({ ...edge, source: newId(edge.source), target: newId(edge.target) }))
  return {
    doc: { ...doc, nodes: [...doc.nodes, ...nodes], edges: [...doc.edges, ...edges] },
    ids: new Set(nodes.map((node) => node.id)),
  }
}

const STEP = /\bsteps\.([A-Za-z0-9_-]+)/g

function withSteps(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') {
    if (!value.includes('{{')) return value
    return value.replaceAll(STEP, (whole, id: string) => (renamed.has(id) ? `steps.${renamed.get(id)}` : whole))
  }
  if (Array.isArray(value)) return value.map((item) => withSteps(item, renamed))
  if (isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSteps(item, renamed)]))
  return value
}
