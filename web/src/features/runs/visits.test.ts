import { expect, it } from 'vitest'
import type { RunStep, RunWait } from '@/api/runs'
import type { WorkflowDefinition } from '@/api/workflows'
import { marksOfRun, scopeOf, visitsOf, waitedSeconds } from './visits'

const step = (seq: number, node_id: string, more: Partial<RunStep> = {}): RunStep => ({
  id: seq,
  seq,
  node_id,
  node_name: 'transform',
  visit: 1,
  outcome: 'next',
  level: 'INFO',
  message: '',
  error: null,
  input: {},
  output: { from: node_id, seq },
  ms: 10,
  tokens: 0,
  cost: '0',
  details: {},
  state: null,
  created_at: `2026-03-27T12:00:0${seq}Z`,
  ...more,
})

const wait = (node_id: string, visit = 1): RunWait => ({
  id: 1,
  node_id,
  visit,
  kind: 'timer',
  due_at: null,
  details: {},
  answer: null,
  created_at: '2026-03-27T12:00:00Z',
})

const node = (id: string, data = {}) => ({ id, type: 'transform', position: { x: 0, y: 0 }, data })
const INNER = { nodes: [node('deep')], edges: [] }
const DEFINITION = {
  nodes: [node('a'), node('pause'), node('outer', { label: 'Cadence', definition: INNER }), node('never')],
  edges: [],
} as unknown as WorkflowDefinition

it('makes one visit of the moment it paused and the moment it was left', () => {
  const steps = [step(0, 'a'), step(1, 'pause', { outcome: '' }), step(4, 'pause', { outcome: 'next' }), step(5, 'b')]
  const visits = visitsOf({ steps, waits: [] })
  expect(visits.map(({ key }) => key)).toEqual(['a#1', 'pause#1', 'b#1'])
  expect(visits.map(waitedSeconds)).toEqual([null, 3, null])
})

it('tells a visit that waits from one that ended the run', () => {
  const steps = [step(0, 'a'), step(1, 'pause', { outcome: '' })]
  const [, waiting] = visitsOf({ steps, waits: [wait('pause')] })
  expect(waiting).toMatchObject({ left: null, wait: { kind: 'timer' } })
  const [, over] = visitsOf({ steps, waits: [] })
  expect(over).toMatchObject({ paused: null, wait: null, left: { node_id: 'pause' } })
})

it('marks the way, the wait, what failed, and leaves the rest faint', () => {
  const steps = [
    step(0, 'a', { outcome: 'error', error: 'no phone' }),
    step(1, 'outer/deep', { outcome: 'done' }),
    step(2, 'pause', { outcome: '' }),
  ]
  const { nodes, edges } = marksOfRun(
    { steps, waits: [wait('pause')], status: 'waiting' },
    scopeOf(DEFINITION, undefined),
  )
  expect(nodes.get('a')?.state).toBe('failed')
  expect(nodes.get('pause')?.state).toBe('waiting')
  expect(nodes.get('outer')?.state).toBe('completed')
  expect(nodes.get('never')).toEqual({ isFaint: true })
  expect([...edges.keys()]).toEqual(['a error'])
})

it('goes into the sub-workflow in which a step lies', () => {
  const scope = scopeOf(DEFINITION, 'outer/deep')
  expect(scope).toMatchObject({ prefix: 'outer/', around: ['Cadence'] })
  const { nodes, edges } = marksOfRun(
    { steps: [step(0, 'outer/deep', { outcome: 'done' })], waits: [], status: 'completed' },
    scope,
  )
  expect(nodes.get('deep')?.state).toBe('completed')
  expect([...edges.keys()]).toEqual(['deep done'])
  expect(scopeOf(DEFINITION, 'a/b/c').prefix).toBe('')
})

it('marks where a run was stopped while it waited', () => {
  const steps = [step(0, 'a'), step(1, 'pause', { outcome: '' })]
  const stateOf = (status: 'stopped' | 'completed') =>
    marksOfRun({ steps, waits: [], status }, scopeOf(DEFINITION, undefined)).nodes.get('pause')?.state
  expect([stateOf('stopped'), stateOf('completed')]).toEqual(['stopped', 'completed'])
})
