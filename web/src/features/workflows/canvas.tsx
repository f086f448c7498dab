import '@xyflow/react/dist/style.css'
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  MarkerType,
  MiniMap,
  type NodeChange,
  ReactFlow,
} from '@xyflow/react'
import { useMemo } from 'react'
import { useTheme } from '@/lib/theme'
import { type CanvasNode, NODE_TYPES } from './canvas-node'
import type { Graph } from './graph'
import { heightOf, layout, NODE_WIDTH } from './layout'

const MARKER = { type: MarkerType.ArrowClosed, color: 'var(--border-strong)', width: 16, height: 16 }
/** Above this many nodes only those in sight are drawn. */
const MANY_NODES = 100

interface CanvasProps {
  graph: Graph
  selected: string | undefined
  onSelect: (id: string | undefined) => void
}

/** The graph as a drawing to look at: pan, zoom, minimap, nodes by Tab and Enter. A module of its own because it is heavy. */
export default function Canvas({ graph, selected, onSelect }: CanvasProps) {
  const theme = useTheme()
  const places = useMemo(() => layout(graph), [graph])
  const nodes = useMemo(
    () =>
      graph.map((node): CanvasNode => {
        const height = heightOf(node)
        return {
          id: node.id,
          type: 'step',
          position: places.get(node.id) ?? { x: 0, y: 0 },
          data: { node },
          width: NODE_WIDTH,
          height,
          selected: node.id === selected,
          ariaLabel: `${node.label}, ${node.specification?.label ?? node.type}`,
        }
      }),
    [graph, places, selected],
  )
  const edges = useMemo(() => graph.flatMap(edgesOf), [graph])
  const onNodesChange = (changes: NodeChange<CanvasNode>[]) => {
    const picked = changes.find((change) => change.type === 'select' && change.selected)
    if (picked && 'id' in picked) onSelect(picked.id)
  }
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      onNodesChange={onNodesChange}
      onPaneClick={() => onSelect(undefined)}
      colorMode={theme}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      minZoom={0.2}
      maxZoom={1.75}
      fitView
      fitViewOptions={{ padding: 0.15, maxZoom: 1 }}
      onlyRenderVisibleElements={graph.length > MANY_NODES}
      aria-label="Graph of the workflow"
    >
      <Background variant={BackgroundVariant.Dots} gap={18} size={1} color="var(--border)" />
      <Controls showInteractive={false} position="top-right" />
      <MiniMap
        pannable
        zoomable
        ariaLabel="Minimap"
        nodeColor="var(--border-strong)"
        nodeBorderRadius={8}
        className="hidden! sm:block!"
      />
    </ReactFlow>
  )
}

function edgesOf(node: Graph[number]): Edge[] {
  return node.ways.map((way) => ({
    id: `${node.id} ${way.handle} ${way.target}`,
    source: node.id,
    sourceHandle: way.handle,
    target: way.target,
    type: 'smoothstep',
    markerEnd: MARKER,
    style: { stroke: 'var(--border-strong)', strokeWidth: 1.5 },
    ariaLabel: `${way.label} leads to ${way.target}`,
  }))
}
