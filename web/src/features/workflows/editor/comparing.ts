import type { Difference } from '@/api/workflow-drafts'
import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import { labelOf } from '@/components/workflow-canvas/labels'
import { edgeKey, type Marks } from '@/components/workflow-canvas/marks'
import { ERROR, outcomesOf } from '@/components/workflow-canvas/outcomes'
import { isRecord } from '@/components/workflow-canvas/records'
import { humanize } from '@/lib/format'
import { type Doc, type DocNode, docOf, isPlaced, type Specifications, specificationsByType } from './document'
import { tidy } from './tidy'
import { titleOf } from './titles'

/** A definition as a document, every step in a place of its own. */
export function placedDoc(definition: WorkflowDefinition, specifications: NodeSpecification[]): Doc {
  const read = docOf(definition, specificationsByType(specifications))
  return isPlaced(definition) ? read : tidy(read, specifications)
}

/** Both sides in one drawing: what is there now, with what came and changed, and what is no longer there. */
export function comparedWith(before: Doc, after: Doc, difference: Difference): { doc: Doc; marks: Marks } {
  const called = (id: string) => before.nodes.find((node) => node.id === id)
  const present = new Set(after.nodes.map((node) => node.id))
  const ways = new Set(after.edges.map(edgeKey))
  const doc: Doc = {
    ...after,
    nodes: [...after.nodes, ...before.nodes.filter((node) => !present.has(node.id))],
    edges: [...after.edges, ...before.edges.filter((edge) => !ways.has(edgeKey(edge)))],
  }
  const nodes = new Map(difference.nodes.map((node) => [node.id, { change: node.change }]))
  const edges = new Map(
    difference.edges.map((edge) => {
      const was = edge.change === 'changed' && edge.before ? called(edge.before) : undefined
      return [
        edgeKey({ source: edge.source, sourceHandle: edge.handle }),
        { kind: edge.change, ...(was && { told: `was ${titleOf(was, null)}` }) },
      ]
    }),
  )
  return { doc, marks: { nodes, edges } }
}

/** What people call the parts of what is compared. */
export interface ComparedNames {
  step: (id: string) => string
  outcome: (source: string, handle: string) => string
  parameter: (type: string, name: string) => string
}

export function namesOf(specifications: Specifications, ...docs: Doc[]): ComparedNames {
  // What a step is called now counts more than what it was called.
  const nodes = new Map<string, DocNode>(docs.flatMap((doc) => doc.nodes.map((node) => [node.id, node])))
  return {
    step: (id) => {
      const node = nodes.get(id)
      return node ? titleOf(node, specifications.get(node.type)) : id
    },
    outcome: (source, handle) => {
      const node = nodes.get(source)
      const known = node && outcomesOf(specifications.get(node.type), node.data).find(({ name }) => name === handle)
      return known?.label ?? (handle === ERROR ? 'On error' : humanize(handle) || 'Next')
    },
    parameter: (type, name) => {
      const properties = specifications.get(type)?.params.properties
      const property = isRecord(properties) && isRecord(properties[name]) ? properties[name] : {}
      return labelOf(name, typeof property.title === 'string' ? property.title : undefined)
    },
  }
}
