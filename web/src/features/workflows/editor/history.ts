/** Undo and redo by whole documents: they share all that did not change, so a step costs little. */
import type { Doc } from './document'

export interface History {
  past: readonly Doc[]
  present: Doc
  future: readonly Doc[]
  /** What the last change belongs to: one drag, the typing in one field. */
  group: string | null
  at: number
}

const MOST_STEPS = 200
/** A pause while typing starts a new step. */
const GROUP_MS = 1500

export const historyOf = (present: Doc): History => ({ past: [], present, future: [], group: null, at: 0 })

/** Takes a change in. Changes of one group that follow each other quickly are one step back. */
export function record(history: History, next: Doc, group: string | null, now: number): History {
  if (next === history.present) return history
  const isContinued =
    group !== null && group === history.group && now - history.at < GROUP_MS && history.past.length > 0
  const past = isContinued ? history.past : [...history.past, history.present].slice(-MOST_STEPS)
  return { past, present: next, future: [], group, at: now }
}

export function undo(history: History): History {
  const before = history.past.at(-1)
  if (!before) return history
  return {
    past: history.past.slice(0, -1),
    present: before,
    future: [history.present, ...history.future],
    group: null,
    at: 0,
  }
}

export function redo(history: History): History {
  const [next, ...future] = history.future
  if (!next) return history
  return { past: [...history.past, history.present], present: next, future, group: null, at: 0 }
}
