import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import { edgeKey, type Marks } from '@/components/workflow-canvas/marks'
import { differenceOf } from '../diff'
import { type Doc, definitionOf, docOf, isPlaced, specificationsByType } from './document'
import { tidy } from './tidy'

/** A version and the draft in one drawing: what the draft added and changed, and what it no longer has. */
export function comparedWith(
  version: WorkflowDefinition,
  draft: Doc,
  specifications: NodeSpecification[],
): { doc: Doc; marks: Marks } {
  const read = docOf(version, specificationsByType(specifications))
  const before = isPlaced(version) ? read : tidy(read, specifications)
  const difference = differenceOf(definitionOf(before), definitionOf(draft))
  const present = new Set(draft.nodes.map((node) => node.id))
  const ways = new Set(draft.edges.map(edgeKey))
  const doc: Doc = {
    ...draft,
    nodes: [...draft.nodes, ...before.nodes.filter((node) => !present.has(node.id))],
    edges: [...draft.edges, ...before.edges.filter((edge) => !ways.has(edgeKey(edge)))],
  }
  const nodes = new Map(difference.nodes.map((node) => [node.id, { change: node.change }]))
  const edges = new Map(
    difference.edges.map((edge) => [
      edgeKey({ source: edge.source, sourceHandle: edge.handle }),
      { kind: edge.change, ...(edge.before && edge.after && { told: `was ${edge.before}` }) },
    ]),
  )
  return { doc, marks: { nodes, edges } }
}
