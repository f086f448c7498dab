import { describe, expect, it } from 'vitest'
import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import { changesBetween, graphOf, outlineOf } from './graph'
import { layout, NODE_WIDTH } from './layout'

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
  category: 'logic',
  handles_from: null,
  pauses: false,
  is_pure: false,
  has_effects: false,
  asks_model: false,
  output: null,
  example: {},
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
  const { nodes, bends } = layout(graphOf(DEFINITION, SPECIFICATIONS))
  const left = (id: string) => nodes.get(id)?.x ?? Number.NaN
  const top = (id: string) => nodes.get(id)?.y ?? Number.NaN
  it('puts what follows below', () => {
    expect(top('a')).toBeLessThan(top('m'))
    expect(top('m')).toBeLessThan(top('z'))
  })
  it('leads an edge over several ranks around the nodes between, on the side of its outcome', () => {
    const beside = bends.get('a failed z')?.find((point) => point.y > top('m') && point.y < top('z'))
    expect(beside?.x).toBeGreaterThan(left('m') + NODE_WIDTH)
    expect(bends.get('a passed m')).toEqual([])
  })
  it('lays out two hundred nodes', () => {
    const ids = Array.from({ length: 200 }, (_, index) => `n${index}`)
    const chain: WorkflowDefinition = {
      nodes: ids.map((id) => ({ id, type: 'check' })),
      edges: ids.slice(1).map((target, index) => ({ source: `n${index}`, target, sourceHandle: 'passed' })),
    }
    expect(layout(graphOf(chain, SPECIFICATIONS)).nodes.size).toBe(200)
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
