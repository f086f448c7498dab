import { describe, expect, it } from 'vitest'
import type { Difference, TriedRun } from '@/api/workflow-drafts'
import { NO_MARKS } from '@/components/workflow-canvas/marks'
import { addStep, freePlace } from './adding'
import { comparedWith, namesOf } from './comparing'
import { addNode, newNode, remove, setData } from './document'
import { EdgeDrawer, NodeDrawer } from './drawn'
import { DOC, LIBRARY, SPECIFICATIONS } from './fixtures'
import { paletteOf } from './palette-items'
import { problemCounts, problemsOf } from './problems'
import { bendsWithin, drawingOf, placed } from './tidy'
import { combined, marksOfRun, triedVisits, waitChoices } from './trying'
import { searchVariables, variablesFor } from './variables'

const NOTHING = new Set<string>()
const drawn = (drawer: NodeDrawer, doc = DOC, more = {}) =>
  drawer.draw({
    doc,
    specifications: SPECIFICATIONS,
    selected: NOTHING,
    marks: NO_MARKS,
    moving: new Map(),
    canEdit: true,
    ...more,
  })

describe('what React Flow draws', () => {
  it('keeps the objects of what did not change', () => {
    const drawer = new NodeDrawer()
    const before = drawn(drawer)
    const after = drawn(drawer, DOC, { moving: new Map([['sms', { x: 9, y: 9 }]]) })
    expect(after.map((node, index) => node === before[index])).toEqual([true, false, true])
    expect(after[1]?.position).toEqual({ x: 9, y: 9 })
    const named = drawn(drawer, setData(DOC, 'end', { label: 'Done' }, SPECIFICATIONS))
    expect(named.map((node, index) => node === before[index])).toEqual([true, false, false])
  })
  it('gives every outcome a place before the node was ever on the page', () => {
    const [check] = drawn(new NodeDrawer())
    expect(check?.handles?.map((handle) => handle.id)).toEqual([undefined, 'passed', 'failed', 'error'])
  })
  it('leaves out edges to steps that are not there', () => {
    const doc = { ...DOC, nodes: DOC.nodes.filter((node) => node.id !== 'end') }
    expect(new EdgeDrawer().draw(doc, NO_MARKS, null, new Map(), true).map((edge) => edge.target)).toEqual(['sms'])
  })
})

it('keeps ways around nodes only while both ends are where the layout put them', () => {
  const drawing = drawingOf(DOC, LIBRARY)
  const arranged = placed(DOC, drawing)
  expect([...bendsWithin(arranged, drawing).keys()]).toEqual(['check failed end'])
  const moved = {
    ...arranged,
    nodes: arranged.nodes.map((node) => (node.id === 'end' ? { ...node, position: { x: 1, y: 1 } } : node)),
  }
  expect(bendsWithin(moved, drawing).size).toBe(0)
})

describe('comparison', () => {
  const longer = addNode(DOC, newNode(DOC, 'wait', { x: 0, y: 0 }))
  const before = { ...longer, edges: [...DOC.edges, { source: 'sms', sourceHandle: 'failed', target: 'wait' }] }
  const difference: Difference = {
    nodes: [{ id: 'wait', type: 'wait', title: 'Wait', change: 'removed', parameters: [] }],
    edges: [
      { source: 'sms', handle: 'sent', change: 'changed', before: 'wait', after: 'end' },
      { source: 'sms', handle: 'failed', change: 'removed', before: 'wait', after: null },
    ],
    settings: [],
    words: [],
  }
  it('draws what is no longer there beside what is', () => {
    const { doc, marks } = comparedWith(before, remove(DOC, NOTHING), difference)
    expect(doc.nodes.map((node) => node.id)).toEqual(['check', 'sms', 'end', 'wait'])
    expect(doc.edges.filter((edge) => edge.source === 'sms').map((edge) => edge.target)).toEqual(['end', 'wait'])
    expect(marks.nodes.get('wait')).toEqual({ change: 'removed' })
    expect(marks.edges.get('sms sent')).toEqual({ kind: 'changed', told: 'was Wait' })
    expect(marks.edges.get('sms failed')).toEqual({ kind: 'removed' })
  })
  it('calls everything as people do', () => {
    const names = namesOf(SPECIFICATIONS, before, setData(DOC, 'end', { label: 'Good-bye' }, SPECIFICATIONS))
    expect([
      names.step('end'),
      names.step('gone'),
      names.outcome('sms', 'error'),
      names.parameter('sms', 'some_limit'),
    ]).toEqual(['Good-bye', 'gone', 'On error', 'Some limit'])
  })
})

it('finds the step of a problem', () => {
  const problems = problemsOf(
    DOC,
    [
      { field: 'body.config.nodes.1.data.prompt', problem: 'Too long.', remedy: 'Shorten it.', node: 'sms' },
      { field: 'edges.1.sourceHandle', problem: 'No such outcome.', remedy: '', node: null },
      { field: 'nodes', problem: 'No end.', remedy: '', node: null },
    ],
    SPECIFICATIONS,
  )
  expect(problems.map((one) => [one.nodeId, one.parameter])).toEqual([
    ['sms', 'prompt'],
    ['check', undefined],
    [undefined, undefined],
  ])
  expect(problemCounts(problems).get('sms')).toBe(1)
})

it('draws the way of a dry run', () => {
  const step = { visit: 1, message: '', level: 'INFO', input: {}, output: {}, ms: 5, tokens: 0, cost: '0', error: null }
  const run = {
    steps: [
      { ...step, node_id: 'check', outcome: 'failed', seq: 1 },
      { ...step, node_id: 'end', outcome: '', seq: 2, error: 'It broke.' },
    ],
  } as unknown as TriedRun
  const marks = combined({ nodes: new Map([['check', { problems: 2 }]]), edges: new Map() }, marksOfRun(DOC, run))
  expect(marks.nodes.get('check')).toEqual({ problems: 2, state: 'completed', told: '5 ms' })
  expect(marks.nodes.get('end')?.state).toBe('failed')
  expect(marks.nodes.get('sms')).toEqual({ isFaint: true })
  expect([...marks.edges.keys()]).toEqual(['check failed'])
})

it('offers the facts and what earlier steps gave', () => {
  const known = [
    { name: 'lead.first_name', type: 'string' },
    { name: 'run.id', type: 'int' },
  ]
  const groups = variablesFor(DOC, 'end', SPECIFICATIONS, known)
  expect(groups.map((group) => group.name)).toEqual(['Lead', 'This run', 'The sms'])
  expect(groups[2]?.variables[0]).toMatchObject({ path: 'steps.sms.body', type: 'string' })
  expect(variablesFor(DOC, 'sms', SPECIFICATIONS, []).length).toBe(0)
  expect(searchVariables(groups, 'the text').flatMap((group) => group.variables)).toHaveLength(1)
})

it('finds steps by any of their words', () => {
  expect(paletteOf(LIBRARY, 'the wait').flatMap((group) => group.items.map((item) => item.type))).toEqual(['wait'])
  expect(paletteOf(LIBRARY, 'nothing like it')).toEqual([])
})

it('says problems in the names that people gave', () => {
  const named = setData(DOC, 'check', { label: 'Is it real?' }, SPECIFICATIONS)
  const problem = (words: string) => ({ field: 'nodes.0', problem: words, remedy: "Lead 'failed' on.", node: 'check' })
  const told = (words: string) => problemsOf(named, [problem(words)], SPECIFICATIONS)[0]?.words
  expect(told("The outcome 'failed' of node 'check' leads nowhere.")).toMatch(
    /^The outcome “[^”]+” of “Is it real\?” leads nowhere\.$/,
  )
  expect(told("The check (node 'check') is the end; nothing follows it.")).toBe(
    '“Is it real?” is the end; nothing follows it.',
  )
  expect(told("There is no node 'gone'.")).toBe("There is no node 'gone'.")
})

it('counts a pause and its leaving as one visit', () => {
  const step = { visit: 1, ms: 5, outcome: '' }
  const run = {
    steps: [
      { ...step, node_id: 'a' },
      { ...step, node_id: 'a', outcome: 'next' },
      { ...step, node_id: 'a', visit: 2 },
    ],
  }
  expect(triedVisits(run as unknown as TriedRun).map(({ outcome, ms }) => [outcome, ms])).toEqual([
    ['next', 10],
    ['', 5],
  ])
})

it('offers what can become of a wait', () => {
  const outcomes = [
    { name: 'reached', label: 'Reached' },
    { name: 'voicemail', label: 'Voicemail' },
    { name: 'timed_out', label: 'Nobody called' },
  ]
  expect(waitChoices('voice', outcomes).map(({ label, answer }) => [label, answer.event, answer.data])).toEqual([
    ['Reached', 'decided', { action: 'reached' }],
    ['Voicemail', 'decided', { action: 'voicemail' }],
    ['Nobody calls in time', 'timeout', {}],
  ])
  expect(waitChoices('book_meeting', outcomes)[1]?.answer).toEqual({ event: 'failed', data: { outcome: 'voicemail' } })
})

describe('free places', () => {
  it('adds behind an outcome where nothing lies', () => {
    const place = { kind: 'at' as const, position: { x: 0, y: 0 }, from: { source: 'sms', sourceHandle: 'failed' } }
    const { doc, id } = addStep(DOC, 'wait', place, SPECIFICATIONS)
    const added = doc.nodes.find((node) => node.id === id)
    expect(
      added && freePlace({ ...doc, nodes: doc.nodes.filter((node) => node !== added) }, [added], SPECIFICATIONS),
    ).toEqual(added?.position)
    expect(added?.position).not.toEqual({ x: 0, y: 0 })
  })
  it('puts what was dropped where it was dropped', () => {
    const { doc } = addStep(DOC, 'wait', { kind: 'at', position: { x: 0, y: 0 } }, SPECIFICATIONS)
    expect(doc.nodes.at(-1)?.position).toEqual({ x: 0, y: 0 })
  })
})
