import type { TriedRun, TriedStep } from '@/api/workflow-drafts'
import type { NodeMarks } from '@/components/workflow-canvas/marks'
import { type EdgeMark, edgeKey, type Marks } from '@/components/workflow-canvas/marks'
import { formatMoney } from '@/lib/format'
import type { Doc } from './document'
import { milliseconds } from './tried-words'

/** One run drawn on the canvas: what became of each step, and the way that was gone. */
export function marksOfRun(doc: Doc, run: TriedRun): Marks {
  const byNode = new Map<string, TriedStep[]>()
  for (const step of run.steps) byNode.set(step.node_id, [...(byNode.get(step.node_id) ?? []), step])
  const nodes = new Map<string, NodeMarks>(
    doc.nodes.map((node) => {
      const steps = byNode.get(node.id)
      return [node.id, steps ? marksOfSteps(steps) : { isFaint: true }]
    }),
  )
  const edges = new Map<string, EdgeMark>()
  for (const step of run.steps)
    if (step.outcome) edges.set(edgeKey({ source: step.node_id, sourceHandle: step.outcome }), { kind: 'walked' })
  return { nodes, edges }
}

function marksOfSteps(steps: TriedStep[]): NodeMarks {
  const ms = steps.reduce((sum, step) => sum + step.ms, 0)
  const cost = steps.reduce((sum, step) => sum + Number(step.cost), 0)
  const parts = [steps.length > 1 && `${steps.length} visits`, milliseconds(ms), cost > 0 && formatMoney(cost)]
  return {
    state: steps.some((step) => step.error) ? 'failed' : 'completed',
    told: parts.filter(Boolean).join(' · '),
  }
}

/** One mark of each kind, the later ones before the earlier ones. */
export function combined(...all: Marks[]): Marks {
  const nodes = new Map<string, NodeMarks>()
  const edges = new Map<string, EdgeMark>()
  for (const marks of all) {
    for (const [id, mark] of marks.nodes) nodes.set(id, { ...nodes.get(id), ...mark })
    for (const [key, mark] of marks.edges) edges.set(key, mark)
  }
  return { nodes, edges }
}

/** What somebody says happens at a step that waits. */
export interface WaitAnswer {
  event: string
  label: string
}

/** The ways a wait can end, by its outcomes: a reply, a decision, or the time that runs out. */
export function waitAnswers(type: string, outcomes: { name: string; label: string }[]): WaitAnswer[] {
  if (type === 'wait') return [{ event: 'time', label: 'The time comes' }]
  if (type === 'wait_for_reply')
    return [
      { event: 'reply', label: 'The lead replies' },
      { event: 'timeout', label: 'Nobody replies in time' },
    ]
  if (type === 'approval')
    return [
      ...outcomes
        .filter((one) => one.name !== 'timed_out')
        .map((one) => ({ event: `decided:${one.name}`, label: one.label })),
      { event: 'timeout', label: 'Nobody decides in time' },
    ]
  return [
    { event: 'done', label: 'It works' },
    { event: 'failed', label: 'It fails' },
    { event: 'timeout', label: 'Nothing comes in time' },
  ]
}
