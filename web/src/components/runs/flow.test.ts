import { expect, it } from 'vitest'
import type { NodeFigures, Variant } from '@/api/runs'
import type { Graph, GraphNode } from '@/components/workflow-canvas/graph'
import { intervalsOf, leftAt, marksOfFlow } from './flow'

const node = (id: string, ways: [string, string][]): GraphNode => ({
  id,
  type: 'sms',
  label: id,
  specification: null,
  data: {},
  parameters: [],
  told: [],
  outcomes: [],
  ways: ways.map(([handle, target]) => ({ handle, label: handle, target })),
})
const figures = (node_id: string, more: Partial<NodeFigures>): NodeFigures =>
  ({ node_id, entered: 0, waiting: 0, failed: 0, outcomes: {}, ...more }) as NodeFigures

const ASK = node('ask', [
  ['replied', 'end'],
  ['timeout', 'end'],
])
const GRAPH: Graph = [ASK, node('end', []), node('never', [])]

it('counts who left at a step: came, went nowhere and waits no more', () => {
  const asked = figures('ask', { entered: 100, waiting: 20, outcomes: { replied: 30, timeout: 40, error: 5 } })
  expect(leftAt(ASK, asked)).toBe(10)
  expect(leftAt(node('end', []), figures('end', { entered: 70 }))).toBe(0)
})

it('tells figures at nodes, and draws edges as wide as their traffic', () => {
  const { nodes, edges } = marksOfFlow(
    {
      nodes: [
        figures('ask', { entered: 100, waiting: 20, failed: 3, outcomes: { replied: 30, timeout: 40 } }),
        figures('end', { entered: 70 }),
      ],
    },
    GRAPH,
  )
  expect(nodes.get('ask')?.told).toBe('100 came · 10 dropped out (10 %)')
  expect(nodes.get('ask')?.counts?.map(({ label, value }) => [label, value])).toEqual([
    ['waiting', 20],
    ['failed', 3],
  ])
  expect(nodes.get('never')?.isFaint).toBe(true)
  const [replied, timeout] = [edges.get('ask replied'), edges.get('ask timeout')]
  expect(replied?.told).toBe('30')
  expect(replied?.width ?? 0).toBeLessThan(timeout?.width ?? 0)
})

it('draws intervals on one scale that ends at a round figure', () => {
  const variant = (rate: number, low: number, high: number): Variant =>
    ({ name: String(rate), label: '', leads: 100, replied: rate * 100, rate, low, high }) as Variant
  const { end, drawn } = intervalsOf([variant(0.1, 0.05, 0.15), variant(0.12, 0.1, 0.18)])
  expect(end).toBeCloseTo(0.2)
  expect(drawn.map(({ from, at, to }) => [from, at, to].map(Math.round))).toEqual([
    [25, 50, 75],
    [50, 60, 90],
  ])
  expect(intervalsOf([variant(0, 0, 0)]).drawn[0]).toMatchObject({ from: 0, to: 0 })
})
