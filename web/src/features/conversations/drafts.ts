/** What was typed and not sent yet, per thread, kept in this browser; whoever shows a thread sees one and the same draft. */
import { useSyncExternalStore } from 'react'
import { readStored, store } from '@/lib/storage'

export type Mode = 'reply' | 'note'

export interface Draft {
  mode: Mode
  reply: string
  note: string
}

type Kept = Record<string, Draft & { at: number }>

const KEY = 'drafts'
/** The oldest are forgotten beyond this. */
const MOST = 200
export const EMPTY: Draft = { mode: 'reply', reply: '', note: '' }

/** Also what the browser's storage has no room for, and the mode of a draft without words. */
let kept = readStored<Kept>(KEY, {})
const listeners = new Set<() => void>()

function take(next: Kept): void {
  kept = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

// Another window wrote: its drafts count here, too.
addEventListener('storage', () => take(readStored<Kept>(KEY, {})))

const hasWords = (draft: Draft): boolean => Boolean(draft.reply.trim() || draft.note.trim())

export const readDraft = (threadId: number): Draft => kept[threadId] ?? EMPTY

export const hasDraft = (threadId: number): boolean => hasWords(readDraft(threadId))

/** Keeps what changed of a draft; in the browser's storage only one with words in it. */
export function keepDraft(threadId: number, changes: Partial<Draft>, now = Date.now()): void {
  const all: Kept = { ...kept, [threadId]: { ...readDraft(threadId), ...changes, at: now } }
  const newest = Object.entries(all)
    .sort(([, one], [, other]) => other.at - one.at)
    .slice(0, MOST)
  store(KEY, Object.fromEntries(newest.filter(([, draft]) => hasWords(draft))))
  take(Object.fromEntries(newest))
}

export const useDraft = (threadId: number): Draft => useSyncExternalStore(subscribe, () => readDraft(threadId))
