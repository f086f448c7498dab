import { ERROR, NOTE, outcomesOf } from '@/components/workflow-canvas/outcomes'
import { type Doc, type DocEdge, type DocNode, isSame, nodeOf, reachedFrom, type Specifications } from './document'
import { titleOf } from './titles'

/**
 * Why an edge can't be, as a sentence; null if it can.
 *
 * @param replaced the edge that is being moved, which doesn't count
 */
export function whyNot(doc: Doc, edge: DocEdge, specifications: Specifications, replaced?: DocEdge): string | null {
  const source = nodeOf(doc, edge.source)
  const target = nodeOf(doc, edge.target)
  if (!source || !target) return 'Let go over a step.'
  if (source.type === NOTE || target.type === NOTE) return 'Notes are not part of the flow.'
  if (source === target) return 'A step can’t lead to itself.'
  const others = replaced ? doc.edges.filter((one) => !isSame(one, replaced)) : doc.edges
  return (
    whyNotFrom(source, edge, others, doc, specifications) ??
    whyNotInto(target, edge, { ...doc, edges: others }, specifications)
  )
}

function whyNotFrom(source: DocNode, edge: DocEdge, others: DocEdge[], doc: Doc, specifications: Specifications) {
  const specification = specifications.get(source.type)
  const title = titleOf(source, specification)
  if (specification?.ends_run) return `${title} is the end: nothing follows it.`
  const outcome = outcomesOf(specification, source.data).find((one) => one.name === edge.sourceHandle)
  if (specification && !outcome && edge.sourceHandle !== ERROR) return `${title} has no outcome “${edge.sourceHandle}”.`
  const present = others.find((one) => one.source === edge.source && one.sourceHandle === edge.sourceHandle)
  if (!present) return null
  const leadsTo = nodeOf(doc, present.target)
  const where = leadsTo ? titleOf(leadsTo, specifications.get(leadsTo.type)) : present.target
  const name = outcome?.label ?? 'On error'
  return `“${name}” leads to ${where} already. Drag the end of that line, or delete it first.`
}

function whyNotInto(target: DocNode, edge: DocEdge, doc: Doc, specifications: Specifications): string | null {
  if (!reachedFrom(doc, target.id).has(edge.source)) return null
  const title = titleOf(target, specifications.get(target.type))
  if (!doc.edges.some((one) => one.target === target.id))
    return `Runs start with ${title}: nothing may lead back into it.`
  if (closesIdleCircle(doc, edge, specifications))
    return 'That leads round in a circle without a wait. A circle needs a step that waits, for a time or a reply.'
  return null
}

/** True if the edge closes a circle in which no step pauses: leaving out steps that pause, the source is reached. */
function closesIdleCircle(doc: Doc, edge: DocEdge, specifications: Specifications): boolean {
  const pauses = (id: string) => specifications.get(nodeOf(doc, id)?.type ?? '')?.pauses === true
  if (pauses(edge.source) || pauses(edge.target)) return false
  const busy = { ...doc, edges: doc.edges.filter((one) => !pauses(one.source) && !pauses(one.target)) }
  return reachedFrom(busy, edge.target).has(edge.source)
}
