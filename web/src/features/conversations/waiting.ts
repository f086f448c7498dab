/** How long a text has waited for an answer, and how bad that is. */
import type { Conversation } from '@/api/conversations'

const MINUTE = 60_000
/** People who get an answer within minutes are still at their phone; after an hour the talk is cold. */
const LATE_MINUTES = 15
const TOO_LATE_MINUTES = 60

export interface Wait {
  /** `now`, `12 min`, `3 h`, `2 d`. */
  label: string
  tone: 'neutral' | 'warning' | 'danger'
}

/** Null where nobody waits: all is answered, or somebody decided that there is nothing to answer. */
export function waitOf(thread: Pick<Conversation, 'first_unanswered_at' | 'status'>, now: number): Wait | null {
  if (!thread.first_unanswered_at || thread.status === 'resolved') return null
  const minutes = Math.max(0, Math.floor((now - Date.parse(thread.first_unanswered_at)) / MINUTE))
  const tone = minutes >= TOO_LATE_MINUTES ? 'danger' : minutes >= LATE_MINUTES ? 'warning' : 'neutral'
  return { label: waitWords(minutes), tone }
}

function waitWords(minutes: number): string {
  if (minutes < 1) return 'now'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}
