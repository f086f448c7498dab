import type { NodeSpecification } from '@/api/workflows'
import { humanize } from '@/lib/format'
import type { Doc, DocNode } from './document'

/** What people call a step. */
export function titleOf(
  node: Pick<DocNode, 'type' | 'data'>,
  specification: NodeSpecification | null | undefined,
): string {
  const { label } = node.data
  return typeof label === 'string' && label ? label : (specification?.label ?? humanize(node.type))
}

/** Gives a step a name; without one it is called as its kind. */
export function renameStep(doc: Doc, id: string, label: string): Doc {
  const named = (node: DocNode): DocNode => {
    const { label: _, ...rest } = node.data
    return { ...node, data: label ? { label, ...rest } : rest }
  }
  return { ...doc, nodes: doc.nodes.map((node) => (node.id === id ? named(node) : node)) }
}
