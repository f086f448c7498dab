/** React Flow's nodes and edges, made of the document. What did not change keeps its object, so that it is not drawn anew. */
import { MarkerType, type Node, Position } from '@xyflow/react'
import type { CanvasEdge } from '@/components/workflow-canvas/canvas-edge'
import type { CanvasNode } from '@/components/workflow-canvas/canvas-node'
import { graphNodeOf } from '@/components/workflow-canvas/graph'
import { edgeId, heightOf, type Point, widthOf } from '@/components/workflow-canvas/layout'
import { EDGE_COLOURS, type EdgeMark, edgeKey, type Marks, type NodeMarks } from '@/components/workflow-canvas/marks'
import { noteOf, type StickyNote } from '@/components/workflow-canvas/notes'
import { ERROR, NOTE } from '@/components/workflow-canvas/outcomes'
import { entryOf, exitOf } from '@/components/workflow-canvas/routing'
import type { Doc, DocEdge, DocNode, Specifications } from './document'

export type NoteNode = Node<{ note: StickyNote; canEdit: boolean }, 'note'>
export type Drawn = CanvasNode | NoteNode

const DOT = 10

/** Where the lines of a node begin and end, so that they can be drawn before the node ever was. */
function handlesOf(
  node: CanvasNode['data']['node'],
  width: number,
  height: number,
): NonNullable<CanvasNode['handles']> {
  const box = { x: 0, y: 0, width, height }
  const dot = ({ x, y }: Point) => ({ x: x - DOT / 2, y: y - DOT / 2, width: DOT, height: DOT })
  return [
    { type: 'target', position: Position.Top, ...dot(entryOf(box)) },
    ...node.outcomes.map(({ name }) => ({
      id: name,
      type: 'source' as const,
      position: Position.Bottom,
      ...dot(exitOf(node, box, name)),
    })),
    { id: ERROR, type: 'source', position: Position.Right, ...dot(exitOf(node, box, ERROR)) },
  ]
}

interface Entry {
  node: DocNode
  outgoing: DocEdge[] | null
  /** Names of outcomes by which something follows, joined. */
  ledOn: string
  marks: NodeMarks | undefined
  isSelected: boolean
  place: Point | undefined
  canEdit: boolean
  drawn: Drawn
}

interface DrawnOptions {
  doc: Doc
  specifications: Specifications
  selected: ReadonlySet<string>
  marks: Marks
  /** Where nodes are while they are dragged. */
  moving: ReadonlyMap<string, Point>
  canEdit: boolean
}

export class NodeDrawer {
  private entries = new Map<string, Entry>()
  private specifications: Specifications | null = null

  draw({ doc, specifications, selected, marks, moving, canEdit }: DrawnOptions): Drawn[] {
    if (specifications !== this.specifications) this.entries.clear()
    this.specifications = specifications
    const next = new Map<string, Entry>()
    const led = ledOnBySource(doc.edges)
    const drawn = doc.nodes.map((node) => {
      const known = specifications.has(node.type) || node.type === NOTE
      const entry: Omit<Entry, 'drawn'> = {
        node,
        // Only a kind that is not known here shows the outcomes of its edges.
        outgoing: known ? null : doc.edges.filter((edge) => edge.source === node.id),
        ledOn: led.get(node.id) ?? '',
        marks: marks.nodes.get(node.id),
        isSelected: selected.has(node.id),
        place: moving.get(node.id),
        canEdit,
      }
      const before = this.entries.get(node.id)
      const kept = before && isSameEntry(before, entry) ? before : { ...entry, drawn: drawNode(entry, specifications) }
      next.set(node.id, kept)
      return kept.drawn
    })
    this.entries = next
    return drawn
  }
}

const BETWEEN = '\n'

function ledOnBySource(edges: DocEdge[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const { source, sourceHandle } of edges) {
    const before = found.get(source)
    found.set(source, before === undefined ? sourceHandle : `${before}${BETWEEN}${sourceHandle}`)
  }
  return found
}

const isSameEntry = (one: Entry, other: Omit<Entry, 'drawn'>): boolean =>
  one.node === other.node &&
  one.marks === other.marks &&
  one.isSelected === other.isSelected &&
  one.place === other.place &&
  one.canEdit === other.canEdit &&
  one.outgoing === other.outgoing &&
  one.ledOn === other.ledOn

function drawNode(
  { node, outgoing, ledOn, marks, isSelected, place, canEdit }: Omit<Entry, 'drawn'>,
  specifications: Specifications,
): Drawn {
  const common = { id: node.id, position: place ?? node.position, selected: isSelected, draggable: canEdit }
  if (node.type === NOTE) {
    const note = noteOf(node)
    const size = { width: note.width, height: note.height }
    return {
      ...common,
      type: 'note',
      ...size,
      measured: size,
      data: { note, canEdit },
      connectable: false,
      zIndex: -1,
      ariaLabel: `Note: ${note.text || 'empty'}`,
    }
  }
  const told = graphNodeOf(node, specifications.get(node.type) ?? null, outgoing ?? [])
  const size = { width: widthOf(told), height: heightOf(told) }
  return {
    ...common,
    type: 'step',
    ...size,
    measured: size,
    handles: handlesOf(told, size.width, size.height),
    data: { node: told, marks, canEdit, ledOn: new Set(ledOn.split(BETWEEN)) },
    ariaLabel: `${told.label}, ${told.specification?.label ?? told.type}`,
  }
}

interface EdgeEntry {
  edge: DocEdge
  mark: EdgeMark | undefined
  isSelected: boolean
  bends: Point[] | undefined
  drawn: CanvasEdge
}

export class EdgeDrawer {
  private entries = new Map<string, EdgeEntry>()
  private canEdit = true

  find(id: string): DocEdge | undefined {
    return this.entries.get(id)?.edge
  }

  draw(
    doc: Doc,
    marks: Marks,
    selected: DocEdge | null,
    bends: ReadonlyMap<string, Point[]>,
    canEdit: boolean,
  ): CanvasEdge[] {
    if (canEdit !== this.canEdit) this.entries.clear()
    this.canEdit = canEdit
    const next = new Map<string, EdgeEntry>()
    const ids = new Set(doc.nodes.map((node) => node.id))
    const drawn = doc.edges
      .filter((edge) => ids.has(edge.source) && ids.has(edge.target))
      .map((edge) => {
        const id = edgeId(edge.source, edge.sourceHandle, edge.target)
        const mark = marks.edges.get(edgeKey(edge))
        const isSelected = selected !== null && edgeId(selected.source, selected.sourceHandle, selected.target) === id
        const before = this.entries.get(id)
        const isKept = before?.mark === mark && before?.isSelected === isSelected && before.bends === bends.get(id)
        const entry =
          before && isKept
            ? before
            : {
                edge,
                mark,
                isSelected,
                bends: bends.get(id),
                drawn: drawEdge(id, edge, mark, isSelected, bends.get(id), canEdit),
              }
        next.set(id, entry)
        return entry.drawn
      })
    this.entries = next
    return drawn
  }
}

function drawEdge(
  id: string,
  edge: DocEdge,
  mark: EdgeMark | undefined,
  isSelected: boolean,
  bends: Point[] | undefined,
  canEdit: boolean,
): CanvasEdge {
  const ordinary = edge.sourceHandle === ERROR ? 'var(--danger)' : 'var(--border-strong)'
  const colour = isSelected ? 'var(--primary)' : mark ? EDGE_COLOURS[mark.kind] : ordinary
  return {
    id,
    source: edge.source,
    sourceHandle: edge.sourceHandle,
    target: edge.target,
    type: 'way',
    selected: isSelected,
    data: { bends: bends ?? [], handle: edge.sourceHandle, canEdit, told: mark?.told },
    markerEnd: { type: MarkerType.ArrowClosed, color: colour, width: 22, height: 22, markerUnits: 'userSpaceOnUse' },
    style: {
      stroke: colour,
      strokeWidth: mark || isSelected ? 2.5 : 1.5,
      ...((mark?.kind === 'removed' || edge.sourceHandle === ERROR) && { strokeDasharray: '6 4' }),
    },
    ariaLabel: `${edge.source}, ${edge.sourceHandle}: leads to ${edge.target}`,
  }
}
