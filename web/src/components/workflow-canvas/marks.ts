/** What is told on a canvas beside the workflow itself: a run's way, what versions changed, figures. */
import type { Tone } from '@/components/ui/badge'

export type Change = 'added' | 'removed' | 'changed'

/** What is told about a node. */
export interface NodeMarks {
  problems?: number | undefined
  change?: Change | undefined
  /** What became of it in a run. */
  state?: 'completed' | 'failed' | 'waiting' | 'stopped' | undefined
  /** A few words below it: `12 ms · $0.0002`. */
  told?: string | undefined
  /** Counts at its upper edge: how many wait here, failed here. */
  counts?: { label: string; value: number; tone: Tone }[] | undefined
  /** A stored output stands in for its work in dry runs. */
  isPinned?: boolean | undefined
  /** A run did not come here. */
  isFaint?: boolean | undefined
}

export interface EdgeMark {
  /** Taken by a run, what a version did to it, or how many went this way. */
  kind: 'walked' | 'traffic' | Change
  told?: string
  /** Pixels. */
  width?: number
}

export interface Marks {
  nodes: ReadonlyMap<string, NodeMarks>
  /** By `edgeKey`. */
  edges: ReadonlyMap<string, EdgeMark>
}

export const NO_MARKS: Marks = { nodes: new Map(), edges: new Map() }

export const edgeKey = (edge: { source: string; sourceHandle: string }): string => `${edge.source} ${edge.sourceHandle}`

export const EDGE_COLOURS: Record<EdgeMark['kind'], string> = {
  walked: 'var(--success)',
  traffic: 'var(--primary)',
  added: 'var(--success)',
  changed: 'var(--warning)',
  removed: 'var(--danger)',
}
