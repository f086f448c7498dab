import type { NodeSpecification } from '@/api/workflows'
import { graphNodeOf } from '@/components/workflow-canvas/graph'
import { heightOf, type Point, widthOf } from '@/components/workflow-canvas/layout'
import { noteSize } from '@/components/workflow-canvas/notes'
import { type Data, leadingOutcome, NOTE } from '@/components/workflow-canvas/outcomes'
import {
  addNode,
  connect,
  type Doc,
  type DocEdge,
  type DocNode,
  insertOnEdge,
  makeRoom,
  newNode,
  nodeOf,
  SPACE,
  type Specifications,
} from './document'

/** Where a new step goes. */
export type Place =
  | { kind: 'edge'; edge: DocEdge }
  | { kind: 'after'; id: string }
  | { kind: 'at'; position: Point; from?: { source: string; sourceHandle: string } }

export interface Added {
  doc: Doc
  id: string
}

const NOTE_DATA: Data = { text: '', width: 240, height: 120 }

/** Adds a step of this kind and connects it as its place says. */
export function addStep(doc: Doc, type: string, place: Place, specifications: Specifications): Added {
  const data = type === NOTE ? NOTE_DATA : dataAtFirst(specifications.get(type))
  switch (place.kind) {
    case 'edge':
      return addOnEdge(doc, type, data, place.edge, specifications)
    case 'after':
      return addAfter(doc, type, data, place.id, specifications)
    default: {
      const wanted = newNode(doc, type, place.position, data)
      // What follows an outcome goes where nothing lies yet; what was put somewhere stays there.
      const node = place.from ? { ...wanted, position: freePlace(doc, [wanted], specifications) } : wanted
      const added = addNode(doc, node)
      const isTarget = place.from && type !== NOTE
      return { doc: isTarget ? connect(added, { ...place.from, target: node.id } as DocEdge) : added, id: node.id }
    }
  }
}

/** A step whose outcomes are listed begins with the listed ones of its example; everything else is as usual. */
function dataAtFirst(specification: NodeSpecification | undefined): Data {
  const param = specification?.handles_from?.param
  const example = param ? specification?.example?.[param] : undefined
  return param && Array.isArray(example) ? { [param]: example } : {}
}

export function sizeOf(node: DocNode, specifications: Specifications): { width: number; height: number } {
  if (node.type === NOTE) return noteSize(node.data)
  const drawn = graphNodeOf(node, specifications.get(node.type) ?? null, [])
  return { width: widthOf(drawn), height: heightOf(drawn) }
}

function addOnEdge(doc: Doc, type: string, data: Data, edge: DocEdge, specifications: Specifications): Added {
  const source = nodeOf(doc, edge.source)
  const target = nodeOf(doc, edge.target)
  if (!source || !target || type === NOTE) return addAfter(doc, type, data, edge.source, specifications)
  const bottom = source.position.y + sizeOf(source, specifications).height
  const isBelow = target.position.y >= bottom
  const position = isBelow
    ? { x: target.position.x, y: Math.max(bottom + SPACE, target.position.y) }
    : { x: source.position.x + 40, y: bottom + SPACE }
  const node = newNode(doc, type, position, data)
  const needed = position.y + sizeOf(node, specifications).height + SPACE - target.position.y
  const roomy = isBelow && needed > 0 ? makeRoom(doc, target.id, target.position.y, needed) : doc
  return { doc: insertOnEdge(roomy, edge, node, specifications), id: node.id }
}

/** By its first outcome; where that leads on already, into its edge. */
function addAfter(doc: Doc, type: string, data: Data, id: string, specifications: Specifications): Added {
  const before = nodeOf(doc, id)
  const beside = before ? besides(before, specifications) : { x: 0, y: 0 }
  const specification = before && specifications.get(before.type)
  if (!before || type === NOTE || !specification || specification.ends_run) {
    const incoming = before && type !== NOTE ? doc.edges.find((edge) => edge.target === id) : undefined
    if (incoming) return addOnEdge(doc, type, data, incoming, specifications)
    const node = newNode(doc, type, beside, data)
    return { doc: addNode(doc, node), id: node.id }
  }
  const first = leadingOutcome(specification, before.data)
  const taken = doc.edges.find((edge) => edge.source === id && edge.sourceHandle === first)
  if (taken) return addOnEdge(doc, type, data, taken, specifications)
  const wanted = newNode(doc, type, below(before, specifications), data)
  const node = { ...wanted, position: freePlace(doc, [wanted], specifications) }
  const added = addNode(doc, node)
  return { doc: first ? connect(added, { source: id, sourceHandle: first, target: node.id }) : added, id: node.id }
}

const below = (node: DocNode, specifications: Specifications): Point => ({
  x: node.position.x,
  y: node.position.y + sizeOf(node, specifications).height + SPACE,
})

const GAP = 20

/** Where these steps can lie, as they lie to each other, without covering another one: where they are, or to the right. */
export function freePlace(doc: Doc, added: readonly DocNode[], specifications: Specifications): Point {
  const boxOf = (node: DocNode) => ({ ...node.position, ...sizeOf(node, specifications) })
  const taken = doc.nodes.map(boxOf)
  const wanted = added.map(boxOf)
  const [first] = added
  let aside = 0
  for (;;) {
    const covered = wanted.flatMap((box) =>
      taken
        .filter(
          (other) =>
            box.x + aside < other.x + other.width + GAP &&
            other.x < box.x + aside + box.width + GAP &&
            box.y < other.y + other.height + GAP &&
            other.y < box.y + box.height + GAP,
        )
        .map((other) => other.x + other.width + GAP - box.x),
    )
    if (covered.length === 0) break
    // Rounded up, so that each turn leads on.
    aside = Math.ceil(Math.max(aside + 1, ...covered))
  }
  return { x: (first?.position.x ?? 0) + aside, y: first?.position.y ?? 0 }
}

const besides = (node: DocNode, specifications: Specifications): Point => ({
  x: node.position.x + sizeOf(node, specifications).width + SPACE,
  y: node.position.y,
})

/** What an outcome that leads nowhere may be led to: every step that could follow. */
export const targetsOf = (doc: Doc, id: string): DocNode[] =>
  doc.nodes.filter((node) => node.id !== id && node.type !== NOTE)
