import '@xyflow/react/dist/style.css'
import {
  Background,
  BackgroundVariant,
  type Connection,
  Controls,
  type EdgeChange,
  type FinalConnectionState,
  MiniMap,
  type NodeChange,
  ReactFlow,
  useReactFlow,
} from '@xyflow/react'
import { type DragEvent, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { EDGE_TYPES } from '@/components/workflow-canvas/canvas-edge'
import { NODE_TYPES } from '@/components/workflow-canvas/canvas-node'
import { CanvasEditingContext } from '@/components/workflow-canvas/editing'
import type { Point } from '@/components/workflow-canvas/layout'
import { FIT, Looking } from '@/components/workflow-canvas/looking'
import type { Marks } from '@/components/workflow-canvas/marks'
import { useTheme } from '@/lib/theme'
import { NodeTitle } from '../node-title'
import type { Commands } from './commands'
import { whyNot } from './connecting'
import { ConnectionHint } from './connection-hint'
import { connect, type Doc, type DocEdge, disconnect, isSame, moveNodes, type Specifications } from './document'
import { type Drawn, EdgeDrawer, NodeDrawer } from './drawn'
import { LinkingHint, useLinking } from './linking'
import { NOTE_TYPES } from './note'
import { DRAGGED } from './palette-items'
import { useEditor, useEditorStore } from './store'

const TYPES = { ...NODE_TYPES, ...NOTE_TYPES }
const NOWHERE: ReadonlyMap<string, Point> = new Map()
const MULTI_KEYS = ['Shift', 'Meta', 'Control']
const SNAP: [number, number] = [10, 10]
const MINIMAP = { width: 132, height: 96 }

interface EditorCanvasProps {
  specifications: Specifications
  commands: Commands
  marks: Marks
  /** Ways around nodes, from the last layout. */
  bends: ReadonlyMap<string, Point[]>
  /** Another document that is looked at, unchangeable; the edited one otherwise. */
  shown: Doc | null
}

/** The canvas. React Flow's nodes and edges are made of the document; only a drag in progress lives here. */
export function EditorCanvas({ specifications, commands, marks, bends, shown }: EditorCanvasProps) {
  const store = useEditorStore()
  const theme = useTheme()
  const flow = useReactFlow()
  const edited = useEditor((state) => state.history.present)
  const selected = useEditor((state) => state.selected)
  const selectedEdge = useEditor((state) => state.selectedEdge)
  const doc = shown ?? edited
  const canEdit = shown === null
  const frame = useRef<HTMLDivElement>(null)
  const [moving, setMoving] = useState(NOWHERE)
  const editing = useMemo(
    () => ({ Title: NodeTitle, addOn: (edge: DocEdge) => store.choose({ kind: 'edge', edge }) }),
    [store],
  )
  const [nodeDrawer] = useState(() => new NodeDrawer())
  const [edgeDrawer] = useState(() => new EdgeDrawer())
  const [replaced, setReplaced] = useState<DocEdge>()
  const nodes = useMemo(
    () => nodeDrawer.draw({ doc, specifications, selected, marks, moving, canEdit }),
    [nodeDrawer, doc, specifications, selected, marks, moving, canEdit],
  )
  const standing = useMemo(() => standingBends(bends, edgeDrawer, moving), [bends, edgeDrawer, moving])
  const edges = useMemo(
    () => edgeDrawer.draw(doc, marks, selectedEdge, standing, canEdit),
    [edgeDrawer, doc, marks, selectedEdge, standing, canEdit],
  )

  const revealed = useEditor((state) => state.revealed)
  useEffect(() => {
    const node = revealed && flow.getNode(revealed.id)
    if (!node) return
    const { width = 0, height = 0, position } = node
    const corner = flow.flowToScreenPosition(position)
    const far = flow.flowToScreenPosition({ x: position.x + width, y: position.y + height })
    const pane = frame.current?.getBoundingClientRect()
    const isSeen = pane && corner.x >= pane.left && corner.y >= pane.top && far.x <= pane.right && far.y <= pane.bottom
    if (isSeen) return
    void flow.setCenter(position.x + width / 2, position.y + height / 2, { zoom: flow.getZoom(), duration: 200 })
  }, [revealed, flow])

  const linking = useLinking(specifications)
  const isTaken = useRef(false)
  const [first] = useState(() => [[...selected][0] ?? doc.nodes[0]?.id ?? ''])
  const dragged = useRef(NOWHERE)
  const onNodesChange = useCallback(
    (changes: NodeChange<Drawn>[]) => {
      const picked = new Set(store.get().selected)
      let isPicked = false
      let places: Map<string, Point> | null = null
      for (const change of changes) {
        if (change.type === 'select') {
          isPicked = true
          if (change.selected) picked.add(change.id)
          else picked.delete(change.id)
        } else if (change.type === 'position' && change.position && change.dragging) {
          places ??= new Map(dragged.current)
          places.set(change.id, change.position)
        }
      }
      if (isPicked) store.select(picked)
      if (places) {
        dragged.current = places
        setMoving(places)
      }
    },
    [store],
  )
  const settle = useCallback(() => {
    const places = dragged.current
    if (places.size === 0) return
    dragged.current = NOWHERE
    store.edit((before) => moveNodes(before, places))
    setMoving(NOWHERE)
  }, [store])
  const onEdgesChange = useCallback(
    (changes: EdgeChange[]) => {
      for (const change of changes) {
        if (change.type !== 'select') continue
        const edge = edgeDrawer.find(change.id)
        if (change.selected && edge) store.selectEdge(edge)
        const present = store.get().selectedEdge
        if (!change.selected && edge && present && isSame(edge, present)) store.selectEdge(null)
      }
    },
    [store, edgeDrawer],
  )

  const isValid = useCallback(
    (connection: { source: string; sourceHandle?: string | null; target: string }) =>
      whyNot(store.doc, edgeOf(connection), specifications, replaced) === null,
    [store, specifications, replaced],
  )
  const onConnect = (connection: Connection) => store.edit((before) => connect(before, edgeOf(connection)))
  const onConnectEnd = (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
    if (state.toHandle || !state.fromNode || state.fromHandle?.type !== 'source') return
    const point = 'changedTouches' in event ? event.changedTouches[0] : event
    if (!point) return
    const from = { source: state.fromNode.id, sourceHandle: state.fromHandle.id ?? '' }
    const over = document.elementFromPoint(point.clientX, point.clientY)?.closest<HTMLElement>('.react-flow__node')
    const target = over?.dataset.id
    if (!target) {
      if (whyNotLeave(store.doc, from)) return
      store.choose({ kind: 'at', position: flow.screenToFlowPosition({ x: point.clientX, y: point.clientY }), from })
    } else if (isValid({ ...from, target })) store.edit((before) => connect(before, { ...from, target }))
  }

  const onDrop = (event: DragEvent) => {
    const type = event.dataTransfer.getData(DRAGGED)
    if (!type || !canEdit) return
    event.preventDefault()
    const edge = document
      .elementsFromPoint(event.clientX, event.clientY)
      .map((element) => element.closest('.react-flow__edge')?.getAttribute('data-id'))
      .find(Boolean)
    const found = edge ? edgeDrawer.find(edge) : undefined
    const position = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    commands.add(type, found ? { kind: 'edge', edge: found } : { kind: 'at', position })
  }

  return (
    <CanvasEditingContext value={editing}>
      <ReactFlow
        ref={frame}
        nodes={nodes}
        edges={edges}
        nodeTypes={TYPES}
        edgeTypes={EDGE_TYPES}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={settle}
        onSelectionDragStop={settle}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onReconnectStart={(_, edge) => setReplaced(edgeDrawer.find(edge.id))}
        onReconnect={(edge, connection) => {
          const before = edgeDrawer.find(edge.id)
          if (before) store.edit((doc) => connect(disconnect(doc, before), edgeOf(connection)))
        }}
        onReconnectEnd={() => setReplaced(undefined)}
        isValidConnection={isValid}
        onNodeDoubleClick={(_, node) => canEdit && store.rename(node.id)}
        onPaneClick={(event) => {
          const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
          if (!linking.endInSpace(point)) store.select([])
        }}
        onNodeClick={(_, node) => void linking.endAt(node.id)}
        onClickConnectStart={(_, { nodeId, handleId, handleType }) => {
          if (canEdit && nodeId && handleType === 'source')
            linking.begin({ source: nodeId, sourceHandle: handleId ?? '' })
        }}
        onClickConnectEnd={linking.cancel}
        onDragOver={(event) => event.dataTransfer.types.includes(DRAGGED) && event.preventDefault()}
        onDrop={onDrop}
        colorMode={theme}
        nodesDraggable={canEdit}
        nodesConnectable={canEdit}
        edgesReconnectable={canEdit}
        deleteKeyCode={null}
        multiSelectionKeyCode={MULTI_KEYS}
        connectionRadius={32}
        snapToGrid
        snapGrid={SNAP}
        zoomOnDoubleClick={false}
        minZoom={0.1}
        maxZoom={2}
        onMoveStart={(event) => {
          if (event) isTaken.current = true
        }}
        onlyRenderVisibleElements
        elevateNodesOnSelect={false}
        className="[&_.react-flow__attribution]:bg-surface!"
        aria-label="Canvas of the workflow"
      >
        <Background variant={BackgroundVariant.Dots} gap={18} size={1} color="var(--border)" />
        <Controls showInteractive={false} position="bottom-left" fitViewOptions={FIT} />
        <MiniMap
          pannable
          zoomable
          ariaLabel="Minimap"
          nodeColor="var(--border-strong)"
          nodeBorderRadius={8}
          maskColor="transparent"
          style={MINIMAP}
          className="hidden! opacity-90 lg:block!"
        />
        <Looking wanted={first} isTaken={isTaken} />
        <LinkingHint linking={linking} specifications={specifications} />
        <ConnectionHint specifications={specifications} replaced={replaced} />
      </ReactFlow>
    </CanvasEditingContext>
  )
}

const edgeOf = (connection: { source: string; sourceHandle?: string | null; target: string }): DocEdge => ({
  source: connection.source,
  sourceHandle: connection.sourceHandle ?? '',
  target: connection.target,
})

/** Without those of lines whose end is being dragged: their way is looked for anew once it rests. */
function standingBends(
  bends: ReadonlyMap<string, Point[]>,
  drawer: EdgeDrawer,
  moving: ReadonlyMap<string, Point>,
): ReadonlyMap<string, Point[]> {
  if (moving.size === 0) return bends
  const isMoving = (edge: DocEdge | undefined) => edge && (moving.has(edge.source) || moving.has(edge.target))
  return new Map([...bends].filter(([id]) => !isMoving(drawer.find(id))))
}

/** True if this outcome leads on already. */
const whyNotLeave = (doc: Doc, from: { source: string; sourceHandle: string }): boolean =>
  doc.edges.some((edge) => edge.source === from.source && edge.sourceHandle === from.sourceHandle)
