import { describe, expect, it } from 'vitest'
import { addStep } from './adding'
import { fragmentFrom, fragmentOf, paste, textOf } from './clipboard'
import { whyNot } from './connecting'
import {
  connect,
  definitionOf,
  disconnect,
  docOf,
  earlierThan,
  freeId,
  newNode,
  nodeOf,
  remove,
  setData,
  toggleDisabled,
} from './document'
import { DOC, LIBRARY, SPECIFICATIONS } from './fixtures'
import { tidy } from './tidy'
import { neighbour } from './walking'

const edgeOf = (doc: typeof DOC, source: string, handle: string) =>
  doc.edges.find((edge) => edge.source === source && edge.sourceHandle === handle)

describe('reading and writing a definition', () => {
  it('names the outcome of every edge', () => {
    const doc = docOf({ nodes: [{ id: 'a', type: 'sms' }], edges: [{ source: 'a', target: 'a' }] }, SPECIFICATIONS)
    expect(doc.edges[0]?.sourceHandle).toBe('sent')
  })
  it('comes back as it was', () => {
    expect(docOf(definitionOf(DOC), SPECIFICATIONS)).toEqual(DOC)
  })
})

describe('adding', () => {
  it('gives ids that read well', () => {
    expect(freeId(new Set(['sms', 'sms_2']), 'sms')).toBe('sms_3')
    expect(freeId(new Set(['sms', 'sms_2']), 'sms_2')).toBe('sms_3')
  })
  it('puts a step into an edge and makes room below it', () => {
    const edge = edgeOf(DOC, 'check', 'passed')
    if (!edge) throw new Error('no edge')
    const { doc, id } = addStep(DOC, 'wait', { kind: 'edge', edge }, SPECIFICATIONS)
    expect(edgeOf(doc, 'check', 'passed')?.target).toBe(id)
    expect(edgeOf(doc, id, 'next')?.target).toBe('sms')
    const [added, sms, end] = [nodeOf(doc, id), nodeOf(doc, 'sms'), nodeOf(doc, 'end')]
    expect(sms?.position.y).toBeGreaterThan((added?.position.y ?? 0) + 60)
    expect(end?.position.y).toBeGreaterThan(sms?.position.y ?? 0)
  })
  it('adds after a step by the outcome that leads nowhere', () => {
    const loose = disconnect(DOC, { source: 'check', sourceHandle: 'passed', target: 'sms' })
    const { doc, id } = addStep(loose, 'wait', { kind: 'after', id: 'check' }, SPECIFICATIONS)
    expect(edgeOf(doc, 'check', 'passed')?.target).toBe(id)
  })
  it('adds before the end, where nothing can follow', () => {
    const { doc, id } = addStep(DOC, 'wait', { kind: 'after', id: 'end' }, SPECIFICATIONS)
    expect(edgeOf(doc, id, 'next')?.target).toBe('end')
  })
  it('begins with the outcomes of the example', () => {
    const { doc, id } = addStep(DOC, 'branch', { kind: 'at', position: { x: 9, y: 9 } }, SPECIFICATIONS)
    expect(nodeOf(doc, id)?.data).toEqual({ cases: [{ name: 'hot', label: 'Hot' }] })
  })
})

describe('connecting', () => {
  const free = { ...DOC, nodes: [...DOC.nodes, newNode(DOC, 'wait', { x: 0, y: 0 })] }
  const why = (source: string, sourceHandle: string, target: string, doc = free) =>
    whyNot(doc, { source, sourceHandle, target }, SPECIFICATIONS)
  it('lets an outcome lead on', () => {
    expect(why('wait', 'next', 'sms')).toBeNull()
    expect(why('sms', 'error', 'wait')).toBeNull()
  })
  it('says why an outcome can’t', () => {
    expect(why('check', 'passed', 'wait')).toBe(
      '“PASSED” leads to The sms already. Drag the end of that line, or delete it first.',
    )
    expect(why('end', '', 'sms')).toContain('is the end')
    expect(why('sms', 'nope', 'wait')).toContain('no outcome')
    expect(why('sms', 'sent', 'sms')).toContain('itself')
  })
  it('leads nothing back into the start', () => {
    const loose = disconnect(free, { source: 'sms', sourceHandle: 'sent', target: 'end' })
    expect(why('sms', 'sent', 'check', loose)).toContain('Runs start with The check')
  })
  it('wants a wait in every circle', () => {
    const loop = connect(free, { source: 'sms', sourceHandle: 'sent', target: 'wait' })
    expect(why('wait', 'next', 'sms', loop)).toBeNull()
    const two = { ...free, nodes: [...free.nodes, { ...newNode(free, 'sms', { x: 0, y: 0 }), id: 'second' }] }
    const chain = connect(two, { source: 'sms', sourceHandle: 'sent', target: 'second' })
    expect(why('second', 'sent', 'sms', chain)).toContain('circle')
  })
  it('does not count the edge that is moved', () => {
    const moved = free.edges[0]
    expect(whyNot(free, { source: 'check', sourceHandle: 'passed', target: 'wait' }, SPECIFICATIONS, moved)).toBeNull()
  })
})

describe('changing', () => {
  const branch = {
    id: 'b',
    type: 'branch',
    position: { x: 0, y: 0 },
    data: { cases: [{ name: 'hot' }, { name: 'cold' }] },
  }
  const doc = connect({ ...DOC, nodes: [...DOC.nodes, branch] }, { source: 'b', sourceHandle: 'cold', target: 'end' })
  const withCases = (...names: string[]) =>
    setData(doc, 'b', { cases: names.map((name) => ({ name })) }, SPECIFICATIONS).edges.filter(
      (edge) => edge.source === 'b',
    )

  it('keeps the edge of an outcome that is renamed', () => {
    expect(withCases('hot', 'icy')).toEqual([{ source: 'b', sourceHandle: 'icy', target: 'end' }])
  })
  it('keeps it where it is when outcomes change places', () => {
    expect(withCases('cold', 'hot')).toEqual([{ source: 'b', sourceHandle: 'cold', target: 'end' }])
  })
  it('drops the edge of an outcome that is gone', () => {
    expect(withCases('hot')).toEqual([])
  })
  it('leads past a step that is taken away', () => {
    const rest = remove(DOC, new Set(['sms']))
    expect(edgeOf(rest, 'check', 'passed')?.target).toBe('end')
    expect(rest.edges).toHaveLength(2)
  })
  it('switches steps off and on', () => {
    const off = toggleDisabled(DOC, new Set(['sms']))
    expect(nodeOf(off, 'sms')?.data).toEqual({ disabled: true })
    expect(nodeOf(toggleDisabled(off, new Set(['sms'])), 'sms')?.data).toEqual({})
  })
  it('knows what a run has met before', () => {
    expect([...earlierThan(DOC, 'end')].toSorted()).toEqual(['check', 'sms'])
    expect(earlierThan(DOC, 'check').size).toBe(0)
  })
})

describe('copy and paste', () => {
  it('renames ids, also in expressions and edges, and moves', () => {
    const told = setData(DOC, 'end', { note: 'Was {{ steps.sms.body }} of steps.sms' }, SPECIFICATIONS)
    const fragment = fragmentFrom(textOf(fragmentOf(told, new Set(['sms', 'end']))))
    if (!fragment) throw new Error('not read')
    const { doc, ids } = paste(told, fragment, { x: 40, y: 40 })
    expect([...ids]).toEqual(['sms_2', 'end_2'])
    expect(edgeOf(doc, 'sms_2', 'sent')?.target).toBe('end_2')
    expect(nodeOf(doc, 'end_2')).toMatchObject({
      position: { x: 40, y: 360 },
      data: { note: 'Was {{ steps.sms_2.body }} of steps.sms_2' },
    })
  })
  it('reads a definition as it is exported, and nothing else', () => {
    expect(fragmentFrom(JSON.stringify({ name: 'x', config: definitionOf(DOC) }))?.nodes).toHaveLength(3)
    for (const text of ['hello', '[]', '{"nodes": 1}', '{"nodes":[{}],"edges":[]}'])
      expect(fragmentFrom(text)).toBeNull()
  })
})

describe('places', () => {
  it('puts every step below what leads to it', () => {
    const heap = { ...DOC, nodes: DOC.nodes.map((node) => ({ ...node, position: { x: 0, y: 0 } })) }
    const [check, sms, end] = tidy(heap, LIBRARY).nodes.map((node) => node.position.y)
    expect(check).toBeLessThan(sms ?? 0)
    expect(sms).toBeLessThan(end ?? 0)
  })
  it('walks with the arrows', () => {
    expect(neighbour(DOC, 'check', 'ArrowDown')).toBe('sms')
    expect(neighbour(DOC, 'end', 'ArrowUp')).toBe('sms')
    expect(neighbour(DOC, 'check', 'ArrowUp')).toBeUndefined()
  })
})
