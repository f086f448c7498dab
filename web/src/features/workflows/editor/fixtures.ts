import type { NodeSpecification } from '@/api/workflows'
import { type Doc, specificationsByType } from './document'

function specification(type: string, handles: string[], more: Partial<NodeSpecification> = {}): NodeSpecification {
  return {
    type,
    name: type,
    label: `The ${type}`,
    icon: 'circle',
    description: '',
    docs: '',
    ends_run: handles.length === 0 && !more.handles_from,
    ordinary_handle: handles[0] ?? '',
    unavailable: '',
    handles: handles.map((name) => ({ name, label: name.toUpperCase(), description: '', required: false })),
    params: { properties: {} },
    category: 'logic',
    handles_from: null,
    pauses: false,
    is_pure: false,
    has_effects: false,
    asks_model: false,
    output: null,
    example: {},
    ...more,
  }
}

/** A small library of nodes for tests. */
export const LIBRARY: NodeSpecification[] = [
  specification('check', ['passed', 'failed']),
  specification('sms', ['sent'], { output: { properties: { body: { type: 'string', description: 'The text.' } } } }),
  specification('wait', ['next'], { pauses: true }),
  specification('branch', ['otherwise'], {
    handles_from: { param: 'cases', name: 'name', label: 'label', otherwise: null },
    example: { cases: [{ name: 'hot', label: 'Hot' }] },
  }),
  specification('end', []),
]

export const SPECIFICATIONS = specificationsByType(LIBRARY)

const at = (x: number, y: number) => ({ x, y })

/** check → sms → end, and check's failed → end. */
export const DOC: Doc = {
  nodes: [
    { id: 'check', type: 'check', data: {}, position: at(0, 0) },
    { id: 'sms', type: 'sms', data: {}, position: at(0, 160) },
    { id: 'end', type: 'end', data: {}, position: at(0, 320) },
  ],
  edges: [
    { source: 'check', sourceHandle: 'passed', target: 'sms' },
    { source: 'check', sourceHandle: 'failed', target: 'end' },
    { source: 'sms', sourceHandle: 'sent', target: 'end' },
  ],
  settings: {},
}
