/** What was typed and not sent yet, per thread, kept in this browser. */
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

export function readDraft(threadId: number): Draft {
  const { mode, reply, note } = readStored<Kept>(KEY, {})[threadId] ?? EMPTY
  return { mode, reply, note }
}

export const hasDraft = (threadId: number): boolean => Boolean(readDraft(threadId).reply || readDraft(threadId).note)

/** Keeps a draft; one without a word in it is forgotten. */
export function keepDraft(threadId: number, draft: Draft, now = Date.now()): void {
  const { [threadId]: _, ...others } = readStored<Kept>(KEY, {})
  const isEmpty = !draft.reply.trim() && !draft.note.trim()
  const all: Kept = isEmpty ? others : { ...others, [threadId]: { ...draft, at: now } }
  const newest = Object.entries(all)
    .sort(([, one], [, other]) => other.at - one.at)
    .slice(0, MOST)
  store(KEY, Object.fromEntries(newest))
}
