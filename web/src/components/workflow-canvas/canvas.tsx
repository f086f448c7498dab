import '@xyflow/react/dist/style.css'
import { Background, BackgroundVariant, Controls, MarkerType, MiniMap, type NodeChange, ReactFlow } from '@xyflow/react'
import { useMemo, useRef } from 'react'
import { useTheme } from '@/lib/theme'
import { type CanvasEdge, EDGE_TYPES } from './canvas-edge'
import { type CanvasNode, NODE_TYPES } from './canvas-node'
import type { Graph } from './graph'
import { drawingOf, edgeId, heightOf, isPlaced, type Point, widthOf } from './layout'
import { Looking } from './looking'
import { EDGE_COLOURS, edgeKey, type Marks, NO_MARKS } from './marks'
import { SHOWN_NOTES, type ShownNote, type StickyNote, shownNotes } from './notes'
import { boxOf, linesOf, routes } from './routing'

const TYPES = { ...NODE_TYPES, ...SHOWN_NOTES }
type Shown = CanvasNode | ShownNote
const MARKER = { type: MarkerType.ArrowClosed, width: 16, height: 16 }
const MINIMAP = { width: 120, height: 96 }
/** Above this many nodes only those in sight are drawn. */
const MANY_NODES = 100

interface CanvasProps {
  graph: Graph
  /** What people wrote beside it. */
  notes: readonly StickyNote[]
  selected: string | undefined
  onSelect: (id: string | undefined) => void
  /** What is seen at first where the whole would be too small to read, the most important one last; the selected or the first node otherwise. */
  focus?: readonly string[] | undefined
  /** What is told beside the workflow: a run's way, figures. */
  marks?: Marks
}

/** The graph as a drawing to look at: pan, zoom, minimap, nodes by Tab and Enter. A module of its own because it is heavy. */
export default function Canvas({ graph, notes, selected, onSelect, focus, marks = NO_MARKS }: CanvasProps) {
  const theme = useTheme()
  const isTaken = useRef(false)
  const drawing = useMemo(() => drawingOf(graph), [graph])
  const boxes = useMemo(
    () => new Map(graph.map((node) => [node.id, boxOf(node, drawing.nodes.get(node.id) ?? { x: 0, y: 0 })])),
    [graph, drawing],
  )
  const bends = useMemo(() => routes(boxes, linesOf(graph, boxes), drawing.bends), [graph, boxes, drawing])
  const papers = useMemo(() => {
    const right = Math.max(0, ...[...boxes.values()].map((box) => box.x + box.width))
    return shownNotes(notes, drawing, isPlaced(graph), right)
  }, [notes, drawing, graph, boxes])
  const steps = useMemo(
    () =>
      graph.map((node): CanvasNode => {
        const height = heightOf(node)
        return {
          id: node.id,
          type: 'step',
          position: drawing.nodes.get(node.id) ?? { x: 0, y: 0 },
          data: { node, marks: marks.nodes.get(node.id) },
          width: widthOf(node),
          height,
          selected: node.id === selected,
          ariaLabel: `${node.label}, ${node.specification?.label ?? node.type}`,
        }
      }),
    [graph, drawing, selected, marks],
  )
  const nodes = useMemo((): Shown[] => [...papers, ...steps], [papers, steps])
  const edges = useMemo(() => edgesOf(graph, bends, marks), [graph, bends, marks])
  const onNodesChange = (changes: NodeChange<Shown>[]) => {
    const picked = changes.find((change) => change.type === 'select' && change.selected)
    if (picked && 'id' in picked) onSelect(picked.id)
  }
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onPaneClick={() => onSelect(undefined)}
      colorMode={theme}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      minZoom={0.2}
      maxZoom={1.75}
      onMoveStart={(event) => {
        if (event) isTaken.current = true
      }}
      onlyRenderVisibleElements={graph.length > MANY_NODES}
      className="[&_.react-flow__attribution]:bg-surface!"
      aria-label="Graph of the workflow"
    >
      <Looking wanted={focus ?? [selected ?? graph[0]?.id ?? '']} isTaken={isTaken} />
      <Background variant={BackgroundVariant.Dots} gap={18} size={1} color="var(--border)" />
      <Controls showInteractive={false} position="top-right" />
      <MiniMap
        pannable
        zoomable
        ariaLabel="Minimap"
        nodeColor="var(--border-strong)"
        nodeBorderRadius={8}
        style={MINIMAP}
        className="hidden! opacity-90 sm:block!"
      />
    </ReactFlow>
  )
}

function edgesOf(graph: Graph, bends: ReadonlyMap<string, Point[]>, marks: Marks): CanvasEdge[] {
  return graph.flatMap((node) =>
    node.ways.map((way) => {
      const id = edgeId(node.id, way.handle, way.target)
      const mark = marks.edges.get(edgeKey({ source: node.id, sourceHandle: way.handle }))
      const colour = mark ? EDGE_COLOURS[mark.kind] : 'var(--border-strong)'
      return {
        id,
        source: node.id,
        sourceHandle: way.handle,
        target: way.target,
        type: 'way',
        data: { bends: bends.get(id) ?? [], handle: way.handle, told: mark?.told },
        // Of one size, however wide the line is.
        markerEnd: { ...MARKER, color: colour, markerUnits: 'userSpaceOnUse' },
        style: { stroke: colour, strokeWidth: mark?.width ?? (mark ? 2.5 : 1.5) },
        ariaLabel: `${way.label} leads to ${way.target}`,
      }
    }),
  )
}
