import { describe, expect, it } from 'vitest'
import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import { changesBetween, graphOf, outlineOf } from './graph'
import { layout } from './layout'

const specification = (type: string, handles: string[], params = {}): NodeSpecification => ({
  type,
  name: type,
  label: `The ${type}`,
  icon: 'circle',
  description: '',
  docs: '',
  ends_run: handles.length === 0,
  ordinary_handle: handles[0] ?? '',
  unavailable: '',
  handles: handles.map((name) => ({ name, label: name.toUpperCase(), description: '', required: false })),
  params: { properties: params },
})

const SPECIFICATIONS = [
  specification('check', ['passed', 'failed'], { strict: { title: 'Strict', description: 'No exceptions.' } }),
  specification('end', []),
]
const DEFINITION: WorkflowDefinition = {
  nodes: [
    { id: 'z', type: 'end', data: {} },
    { id: 'a', type: 'check', data: { label: 'First', strict: true, prompt: '' } },
    { id: 'm', type: 'mystery', data: { depth: 3 } },
  ],
  edges: [
    { source: 'a', target: 'm' },
    { source: 'a', target: 'z', sourceHandle: 'failed' },
    { source: 'm', target: 'z' },
  ],
}

describe('graphOf', () => {
  const graph = graphOf(DEFINITION, SPECIFICATIONS)
  it('orders the nodes as a run meets them', () => {
    expect(graph.map((node) => node.id)).toEqual(['a', 'm', 'z'])
  })
  it('names nodes, parameters and ways in the words of their specification', () => {
    expect(graph[0]).toMatchObject({
      label: 'First',
      parameters: [{ name: 'strict', label: 'Strict', value: 'yes', description: 'No exceptions.' }],
      ways: [
        { handle: 'passed', label: 'PASSED', target: 'm' },
        { handle: 'failed', label: 'FAILED', target: 'z' },
      ],
    })
  })
  it('shows a kind of node that it does not know', () => {
    expect(graph[1]).toMatchObject({
      label: 'Mystery',
      specification: null,
      parameters: [{ label: 'Depth', value: '3' }],
    })
  })
  it('tells the graph as an outline', () => {
    expect(outlineOf(graph).map((step) => step.ways)).toEqual([
      ['PASSED: 2, Mystery', 'FAILED: 3, The end'],
      [': 3, The end'],
      [],
    ])
  })
  it('ends at a cycle', () => {
    const cycle = { ...DEFINITION, edges: [...DEFINITION.edges, { source: 'z', target: 'a' }] }
    expect(graphOf(cycle, SPECIFICATIONS)).toHaveLength(3)
  })
})

describe('layout', () => {
  it('puts what follows below, and nothing on top of another', () => {
    const placed = layout(graphOf(DEFINITION, SPECIFICATIONS))
    const top = (id: string) => placed.get(id)?.y ?? Number.NaN
    expect(top('a')).toBeLessThan(top('m'))
    expect(top('m')).toBeLessThan(top('z'))
    expect(new Set([...placed.values()].map(({ x, y }) => `${x} ${y}`)).size).toBe(3)
  })
})

describe('changesBetween', () => {
  it('counts steps that came, went and changed', () => {
    const after = {
      ...DEFINITION,
      nodes: [
        { id: 'a', type: 'check', data: {} },
        { id: 'z', type: 'end', data: {} },
        { id: 'n', type: 'end', data: {} },
      ],
    }
    expect(changesBetween(DEFINITION, after)).toBe('1 added, 1 removed, 1 changed')
    expect(changesBetween(DEFINITION, DEFINITION)).toBe('same steps, other connections')
  })
})
