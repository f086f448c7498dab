import { type ComponentType, createContext } from 'react'

/** What an editor adds to the canvas; without one it is to look at. */
export interface CanvasEditing {
  /** Shows a step's name, and lets it be changed. */
  Title: ComponentType<{ id: string; title: string }>
  /** Somebody wants a step on this edge. */
  addOn: (edge: { source: string; sourceHandle: string; target: string }) => void
}

export const CanvasEditingContext = createContext<CanvasEditing | null>(null)
