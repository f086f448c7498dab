import type { TriedRun, TriedStep, WaitAnswer } from '@/api/workflow-drafts'
import type { NodeMarks } from '@/components/workflow-canvas/marks'
import { type EdgeMark, edgeKey, type Marks } from '@/components/workflow-canvas/marks'
import { formatMoney, plural } from '@/lib/format'
import type { Doc } from './document'
import { milliseconds } from './tried-words'

/** One run drawn on the canvas: what became of each step, and the way that was gone. */
export function marksOfRun(doc: Doc, run: TriedRun): Marks {
  const byNode = new Map<string, TriedStep[]>()
  for (const step of triedVisits(run)) byNode.set(step.node_id, [...(byNode.get(step.node_id) ?? []), step])
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

/** A way in which a wait can end. */
export interface WaitChoice {
  /** Stable, for the form. */
  key: string
  label: string
  answer: WaitAnswer
}

/** What the lead is taken to say if nobody writes anything. */
export const USUAL_REPLY = 'Yes, tell me more'

const choice = (label: string, event: WaitAnswer['event'], data: Record<string, unknown> = {}): WaitChoice => ({
  key: [event, ...Object.values(data)].join(':'),
  label,
  answer: { event, data },
})

/** The ways a wait can end, by the outcomes of its step: a reply, a decision, a result, or the time that runs out. */
export function waitChoices(type: string, outcomes: { name: string; label: string }[]): WaitChoice[] {
  const late = (label: string) => choice(label, 'timeout')
  const decided = outcomes
    .filter(({ name }) => name !== 'timed_out')
    .map(({ name, label }) => choice(label, 'decided', { action: name }))
  switch (type) {
    case 'wait':
      return [choice('The time comes', 'time')]
    case 'wait_for_reply':
      return [choice('The lead replies', 'reply'), late('Nobody replies in time')]
    case 'approval':
      return [...decided, late('Nobody decides in time')]
    case 'voice':
      return [...decided, late('Nobody calls in time')]
    case 'book_meeting':
      return [
        choice('Booked', 'done'),
        ...outcomes.slice(1).map(({ name, label }) => choice(label, 'failed', { outcome: name })),
        choice('It fails', 'failed'),
      ]
    case 'webhook':
      return [choice('It works', 'done'), choice('It fails', 'failed')]
    default:
      return [choice('It works', 'done'), choice('It fails', 'failed'), late('Nothing comes in time')]
  }
}

/** The steps as they were visited: one that waited was written down twice, when it paused and when it was left. */
export function triedVisits({ steps }: Pick<TriedRun, 'steps'>): TriedStep[] {
  const visits = new Map<string, TriedStep>()
  for (const step of steps) {
    const key = `${step.node_id}#${step.visit}`
    const paused = visits.get(key)
    visits.set(key, paused ? { ...step, ms: paused.ms + step.ms } : step)
  }
  return [...visits.values()]
}

/** What all runs of a dry run come to: `8 of 10 completed · 6 texts`. */
export function triedTotals(runs: TriedRun[]): string {
  const completed = runs.filter(({ status }) => status === 'completed').length
  const texts = runs.reduce((sum, run) => sum + run.texts.length, 0)
  const cost = runs.reduce((sum, run) => sum + Number(run.cost), 0)
  return [`${completed} of ${runs.length} completed`, plural(texts, 'text'), cost > 0 && formatMoney(cost)]
    .filter(Boolean)
    .join(' · ')
}
