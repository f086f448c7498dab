/** The state of one editor: the document with its history, and what is selected. React Flow only draws it. */
import { createContext, use, useRef, useSyncExternalStore } from 'react'
import type { Drawing } from '@/components/workflow-canvas/layout'
import type { Place } from './adding'
import { type Doc, type DocEdge, EMPTY, isSame } from './document'
import { type History, historyOf, record, redo, undo } from './history'

export interface EditorState {
  history: History
  /** Ids of selected nodes. */
  selected: ReadonlySet<string>
  selectedEdge: DocEdge | null
  /** The node whose name is being typed on the canvas. */
  renaming: string | null
  /** Where the step goes that is being chosen. */
  adding: Place | null
  /** The last layout, for the ways of edges around nodes. */
  drawing: Drawing | null
  /** The node that is to be brought into sight; another object for each time. */
  revealed: { id: string } | null
}

const NOTHING: ReadonlySet<string> = new Set()

export class EditorStore {
  private state: EditorState
  private readonly listeners = new Set<() => void>()

  constructor(doc: Doc, drawing: Drawing | null = null) {
    this.state = {
      history: historyOf(doc),
      selected: NOTHING,
      selectedEdge: null,
      renaming: null,
      adding: null,
      drawing,
      revealed: null,
    }
  }

  get = (): EditorState => this.state

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  get doc(): Doc {
    return this.state.history.present
  }

  private set(change: Partial<EditorState>): void {
    this.state = { ...this.state, ...change }
    for (const listener of this.listeners) listener()
  }

  /** Changes the document; changes of one group that follow each other quickly are undone together. */
  edit(change: (doc: Doc) => Doc, group: string | null = null): void {
    this.take(record(this.state.history, change(this.doc), group, Date.now()))
  }

  undo = (): void => this.take(undo(this.state.history))
  redo = (): void => this.take(redo(this.state.history))

  /** Takes over where a layout puts everything. */
  arrange(next: Doc, drawing: Drawing): void {
    this.set({ drawing })
    this.edit(() => next)
  }

  /** Starts anew with another document; there is nothing to undo afterwards. */
  reset(doc: Doc): void {
    this.take(historyOf(doc))
  }

  private take(history: History): void {
    if (history === this.state.history) return
    const { nodes, edges } = history.present
    const { selected, selectedEdge } = this.state
    const present = new Set(nodes.map((node) => node.id))
    const isWhole = [...selected].every((id) => present.has(id))
    this.set({
      history,
      selected: isWhole ? selected : new Set([...selected].filter((id) => present.has(id))),
      selectedEdge: selectedEdge && edges.some((edge) => isSame(edge, selectedEdge)) ? selectedEdge : null,
    })
  }

  select(ids: Iterable<string>): void {
    const next = new Set(ids)
    const { selected, selectedEdge } = this.state
    if (!selectedEdge && next.size === selected.size && [...next].every((id) => selected.has(id))) return
    this.set({ selected: next, selectedEdge: null })
  }

  /** Selects one node and brings it into sight. */
  reveal(id: string): void {
    this.select([id])
    this.set({ revealed: { id } })
  }

  selectEdge(edge: DocEdge | null): void {
    this.set({ selectedEdge: edge, ...(edge && { selected: NOTHING }) })
  }

  rename(id: string | null): void {
    this.set({ renaming: id })
  }

  /** Opens the choice of a step for this place. */
  choose(place: Place | null): void {
    this.set({ adding: place })
  }
}

export const EditorContext = createContext<EditorStore>(new EditorStore(EMPTY))

export const useEditorStore = (): EditorStore => use(EditorContext)

/** A part of the editor's state; the component is drawn anew only when that part is another one. */
export function useEditor<T>(choose: (state: EditorState) => T): T {
  const store = useEditorStore()
  const latest = useRef(choose)
  latest.current = choose
  return useSyncExternalStore(store.subscribe, () => latest.current(store.get()))
}

export const useDoc = (): Doc => useEditor((state) => state.history.present)

/** The one node that is selected, if it is one. */
export const useSelectedId = (): string | undefined =>
  useEditor(({ selected }) => (selected.size === 1 ? [...selected][0] : undefined))
