/** A run as it is told: its visits in order, what each left behind, and the way on the canvas. */
import type { RunDetail, RunStep, RunWait } from '@/api/runs'
import type { WorkflowDefinition } from '@/api/workflows'
import { formatStepTime } from '@/components/conversation/step-time'
import { type EdgeMark, edgeKey, type Marks, type NodeMarks } from '@/components/workflow-canvas/marks'
import { formatMoney, humanize } from '@/lib/format'

/** One visit to a node. One that waited was written down twice: when it paused, and when it was left. */
export interface Visit {
  key: string
  node_id: string
  visit: number
  /** When it paused; null if it did not. */
  paused: RunStep | null
  /** When it was left; null while it waits. */
  left: RunStep | null
  /** Of what is known, the latest. */
  step: RunStep
  wait: RunWait | null
}

export const visitKey = (of: { node_id: string; visit: number }): string => `${of.node_id}#${of.visit}`

type Written = Pick<RunDetail, 'steps' | 'waits'>
type Told = Written & Pick<RunDetail, 'status'>

/** The run was stopped or cancelled while this visit waited. */
export const isBrokenOff = ({ step, wait }: Visit, { status }: Pick<RunDetail, 'status'>): boolean =>
  (status === 'stopped' || status === 'cancelled') && !wait && !step.outcome && !step.error

/** The visits in the order in which they began. */
export function visitsOf({ steps, waits }: Written): Visit[] {
  const waiting = new Map(waits.map((wait) => [visitKey(wait), wait]))
  const visits = new Map<string, Visit>()
  for (const step of steps.toSorted((one, other) => one.seq - other.seq)) {
    const key = visitKey(step)
    const before = visits.get(key)
    visits.set(
      key,
      before
        ? { ...before, paused: before.step, left: step, step }
        : { key, node_id: step.node_id, visit: step.visit, paused: null, left: step, step, wait: null },
    )
  }
  return [...visits.values()].map((visit) => {
    const wait = waiting.get(visit.key)
    // Whoever waits has only paused yet.
    return wait && !visit.paused ? { ...visit, paused: visit.step, left: null, wait } : visit
  })
}

/** How long a visit waited, in seconds; null if it did not, or still does. */
export const waitedSeconds = ({ paused, left }: Visit): number | null =>
  paused && left ? Math.max(0, (Date.parse(left.created_at) - Date.parse(paused.created_at)) / 1000) : null

/** The part of a definition that is drawn: the whole, or the sub-workflow within which a step lies. */
export interface Scope {
  /** Path before the ids of its nodes: `` or `outer/`. */
  prefix: string
  definition: WorkflowDefinition
  /** Names of the sub-workflow steps around it, outermost first. */
  around: string[]
}

export function scopeOf(definition: WorkflowDefinition, path: string | undefined): Scope {
  const scope: Scope = { prefix: '', definition, around: [] }
  for (const id of path?.split('/').slice(0, -1) ?? []) {
    const node = scope.definition.nodes.find((one) => one.id === id)
    const inner = node?.data?.definition as WorkflowDefinition | undefined
    if (!node || !Array.isArray(inner?.nodes)) break
    scope.prefix += `${id}/`
    scope.definition = inner
    scope.around = [...scope.around, String(node.data?.label || humanize(id))]
  }
  return scope
}

/** The id within the scope of the node in which a step happened; undefined if that was elsewhere. */
function nodeWithin(path: string, prefix: string): string | undefined {
  return path.startsWith(prefix) ? path.slice(prefix.length).split('/')[0] : undefined
}

/** The way of a run on the canvas: what became of each step, and the edges it took. */
export function marksOfRun(run: Told, { prefix, definition }: Scope): Marks {
  const visits = visitsOf(run)
  const nodes = new Map<string, NodeMarks>()
  const edges = new Map<string, EdgeMark>()
  for (const { id } of definition.nodes) {
    const within = visits.filter((visit) => nodeWithin(visit.node_id, prefix) === id)
    nodes.set(id, within.length > 0 ? marksOfVisits(within, prefix + id, run) : { isFaint: true })
  }
  for (const { left } of visits) {
    if (!left?.outcome || nodeWithin(left.node_id, prefix) !== left.node_id.slice(prefix.length)) continue
    edges.set(edgeKey({ source: left.node_id.slice(prefix.length), sourceHandle: left.outcome }), { kind: 'walked' })
  }
  return { nodes, edges }
}

function marksOfVisits(visits: Visit[], path: string, run: Told): NodeMarks {
  const own = visits.filter((visit) => visit.node_id === path)
  // Of a sub-workflow that is still under way only what lies within is written down.
  const counted = own.length > 0 ? own : visits
  const ms = counted.reduce((sum, { paused, left }) => sum + (paused?.ms ?? 0) + (left?.ms ?? 0), 0)
  const cost = visits.reduce((sum, { paused, left }) => sum + Number(paused?.cost ?? 0) + Number(left?.cost ?? 0), 0)
  const latest = counted.at(-1)
  const stateOf = (): NodeMarks['state'] => {
    if (visits.some((visit) => visit.wait)) return 'waiting'
    if (latest?.step.error) return 'failed'
    return latest && isBrokenOff(latest, run) ? 'stopped' : 'completed'
  }
  return {
    state: stateOf(),
    told: [own.length > 1 && `${own.length} visits`, formatStepTime(ms), cost > 0 && formatMoney(cost)]
      .filter(Boolean)
      .join(' · '),
  }
}
