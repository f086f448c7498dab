/** The document that is edited, and every way to change it. All functions are pure: they answer a new document. */
import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import type { Point } from '@/components/workflow-canvas/layout'
import { type Data, handleNames, leadingOutcome, NOTE, ordinaryOutcome } from '@/components/workflow-canvas/outcomes'

export interface DocNode {
  id: string
  type: string
  data: Data
  position: Point
}

export interface DocEdge {
  source: string
  /** The outcome of `source`, by name. */
  sourceHandle: string
  target: string
}

export interface Doc {
  nodes: DocNode[]
  edges: DocEdge[]
  settings: Data
}

export type Specifications = ReadonlyMap<string, NodeSpecification>

export const EMPTY: Doc = { nodes: [], edges: [], settings: {} }

export const specificationsByType = (specifications: NodeSpecification[]): Specifications =>
  new Map(specifications.map((one) => [one.type, one]))

/** A stored definition as a document; nodes without a place are at the origin. */
export function docOf(definition: WorkflowDefinition, specifications: Specifications): Doc {
  const nodes = definition.nodes.map((node) => ({
    id: node.id,
    type: node.type,
    data: node.data ?? {},
    position: node.position ? { x: node.position.x, y: node.position.y } : { x: 0, y: 0 },
  }))
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const edges = definition.edges.map(({ source, target, sourceHandle }) => {
    const node = byId.get(source)
    const ordinary = node ? ordinaryOutcome(specifications.get(node.type), node.data) : ''
    return { source, target, sourceHandle: sourceHandle ?? ordinary }
  })
  return { nodes, edges, settings: (definition as { settings?: Data }).settings ?? {} }
}

export const isPlaced = (definition: WorkflowDefinition): boolean => definition.nodes.every((node) => node.position)

export function definitionOf(doc: Doc): WorkflowDefinition {
  const settings = Object.keys(doc.settings).length > 0 ? { settings: doc.settings } : {}
  return { nodes: doc.nodes, edges: doc.edges, ...settings } as WorkflowDefinition
}

/** Documents are never changed, so that what is found out about their parts once stays true. */
function remembered<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new WeakMap<Key, Value>()
  return (key) => {
    let value = known.get(key)
    if (value === undefined) {
      value = make(key)
      known.set(key, value)
    }
    return value
  }
}

const nodesById = remembered((nodes: DocNode[]) => new Map(nodes.map((node) => [node.id, node])))

function ends(edges: DocEdge[], from: 'source' | 'target', to: 'source' | 'target'): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const edge of edges) {
    const list = found.get(edge[from])
    if (list) list.push(edge[to])
    else found.set(edge[from], [edge[to]])
  }
  return found
}

const targetsBySource = remembered((edges: DocEdge[]) => ends(edges, 'source', 'target'))
const sourcesByTarget = remembered((edges: DocEdge[]) => ends(edges, 'target', 'source'))

export const nodeOf = (doc: Doc, id: string): DocNode | undefined => nodesById(doc.nodes).get(id)

export const isSame = (one: DocEdge, other: DocEdge): boolean =>
  one.source === other.source && one.sourceHandle === other.sourceHandle && one.target === other.target

/** A free id that reads well in expressions: `sms`, `sms_2`. */
export function freeId(taken: ReadonlySet<string>, wanted: string): string {
  const base = wanted.replace(/_\d+$/, '')
  if (!taken.has(base)) return base
  let number = 2
  while (taken.has(`${base}_${number}`)) number += 1
  return `${base}_${number}`
}

const idsOf = (doc: Doc): Set<string> => new Set(doc.nodes.map((node) => node.id))

export function newNode(doc: Doc, type: string, position: Point, data: Data = {}): DocNode {
  return { id: freeId(idsOf(doc), type), type, data, position }
}

export const addNode = (doc: Doc, node: DocNode): Doc => ({ ...doc, nodes: [...doc.nodes, node] })

/** Adds an edge; one that leaves by the same outcome gives way. */
export function connect(doc: Doc, edge: DocEdge): Doc {
  const others = doc.edges.filter((one) => one.source !== edge.source || one.sourceHandle !== edge.sourceHandle)
  return { ...doc, edges: [...others, edge] }
}

export const disconnect = (doc: Doc, edge: DocEdge): Doc => ({
  ...doc,
  edges: doc.edges.filter((one) => !isSame(one, edge)),
})

/** Puts a node into an edge: what came before leads to it, and it leads on to what came after. */
export function insertOnEdge(doc: Doc, edge: DocEdge, node: DocNode, specifications: Specifications): Doc {
  const before = addNode(disconnect(doc, edge), node)
  const through = connect(before, { ...edge, target: node.id })
  const outcome = leadingOutcome(specifications.get(node.type), node.data)
  return outcome ? connect(through, { source: node.id, sourceHandle: outcome, target: edge.target }) : through
}

export const SPACE = 60

/** Makes room: everything that lies below `top` in the same column or follows `from` moves down by `height`. */
export function makeRoom(doc: Doc, from: string, top: number, height: number): Doc {
  const below = reachedFrom(doc, from)
  return {
    ...doc,
    nodes: doc.nodes.map((node) =>
      below.has(node.id) && node.position.y >= top
        ? { ...node, position: { x: node.position.x, y: node.position.y + height } }
        : node,
    ),
  }
}

const NONE: readonly string[] = []

/** The node itself and all that a run can meet after it. */
export function reachedFrom(doc: Doc, id: string): Set<string> {
  const next = targetsBySource(doc.edges)
  return walk([id], (here) => next.get(here) ?? NONE)
}

/** All that a run can have met before it; itself only if it is part of a circle. */
export function earlierThan(doc: Doc, id: string): Set<string> {
  const before = sourcesByTarget(doc.edges)
  return walk(before.get(id) ?? NONE, (here) => before.get(here) ?? NONE)
}

function walk(starts: readonly string[], next: (id: string) => readonly string[]): Set<string> {
  const found = new Set(starts)
  const queue = [...starts]
  for (let here = queue.pop(); here !== undefined; here = queue.pop()) {
    for (const id of next(here)) {
      if (found.has(id)) continue
      found.add(id)
      queue.push(id)
    }
  }
  return found
}

/**
 * Takes nodes and edges away. What led to a node that had one way on leads there afterwards, so that the flow stays whole.
 */
export function remove(doc: Doc, ids: ReadonlySet<string>, edges: readonly DocEdge[] = []): Doc {
  let rest: Doc = { ...doc, edges: doc.edges.filter((edge) => !edges.some((one) => isSame(one, edge))) }
  for (const id of ids) rest = removeNode(rest, id)
  return rest
}

function removeNode(doc: Doc, id: string): Doc {
  const targets = new Set(doc.edges.filter((edge) => edge.source === id).map((edge) => edge.target))
  const [target] = targets
  const healed =
    targets.size === 1 && target !== undefined && target !== id
      ? doc.edges
          .filter((edge) => edge.target === id && edge.source !== id && edge.source !== target)
          .map((edge) => ({ ...edge, target }))
      : []
  return {
    ...doc,
    nodes: doc.nodes.filter((node) => node.id !== id),
    edges: [...doc.edges.filter((edge) => edge.source !== id && edge.target !== id), ...healed],
  }
}

/** Replaces a node's parameters. Outcomes that the parameters name keep their edges when they are renamed. */
export function setData(doc: Doc, id: string, data: Data, specifications: Specifications): Doc {
  const node = nodeOf(doc, id)
  if (!node) return doc
  const specification = specifications.get(node.type)
  const before = handleNames(specification, node.data)
  const after = handleNames(specification, data)
  const nodes = doc.nodes.map((one) => (one.id === id ? { ...one, data } : one))
  return { ...doc, nodes, edges: followRename(doc.edges, id, before, after) }
}

function followRename(edges: DocEdge[], id: string, before: string[], after: string[]): DocEdge[] {
  if (before.every((name, index) => after[index] === name) && before.length === after.length) return edges
  const renamed = new Map<string, string>()
  if (before.length === after.length) {
    before.forEach((name, index) => {
      const next = after[index]
      if (next !== undefined && !after.includes(name) && !before.includes(next)) renamed.set(name, next)
    })
  }
  return edges.flatMap((edge) => {
    if (edge.source !== id || !before.includes(edge.sourceHandle) || after.includes(edge.sourceHandle)) return [edge]
    const next = renamed.get(edge.sourceHandle)
    return next === undefined ? [] : [{ ...edge, sourceHandle: next }]
  })
}

export function moveNodes(doc: Doc, places: ReadonlyMap<string, Point>): Doc {
  return {
    ...doc,
    nodes: doc.nodes.map((node) => {
      const position = places.get(node.id)
      return position && (position.x !== node.position.x || position.y !== node.position.y)
        ? { ...node, position }
        : node
    }),
  }
}

/** Switches steps off, or on again if all of them are off. */
export function toggleDisabled(doc: Doc, ids: ReadonlySet<string>): Doc {
  const chosen = doc.nodes.filter((node) => ids.has(node.id) && node.type !== NOTE)
  const isOff = chosen.length > 0 && chosen.every((node) => node.data.disabled === true)
  return {
    ...doc,
    nodes: doc.nodes.map((node) => {
      if (!ids.has(node.id) || node.type === NOTE) return node
      const { disabled: _, ...rest } = node.data
      return { ...node, data: isOff ? rest : { ...rest, disabled: true } }
    }),
  }
}

export const setSettings = (doc: Doc, settings: Data): Doc => ({ ...doc, settings })
