/** Who answers in a thread, and what that means for whoever looks at it. */
import type { Conversation } from '@/api/conversations'
import { whyAPerson } from '@/components/conversation/person-reasons'

export interface Standing {
  kind: 'opted-out' | 'no-number' | 'needs-person' | 'paused' | 'agent'
  tone: 'danger' | 'warning' | 'info'
  text: string
}

type Handled = Pick<
  Conversation,
  | 'is_suppressed'
  | 'phone'
  | 'needs_person'
  | 'needs_person_reason'
  | 'needs_person_detail'
  | 'handled_by'
  | 'paused_by'
  | 'agent_is_writing'
>

/** The one thing about a thread that comes first: what forbids, then what waits, then who answers. */
export function standingOf(thread: Handled, me: string): Standing {
  if (thread.is_suppressed)
    return { kind: 'opted-out', tone: 'danger', text: 'This person opted out: texts are not possible.' }
  if (!thread.phone)
    return { kind: 'no-number', tone: 'warning', text: 'This lead has no phone number: texts are not possible.' }
  const isWithMe = thread.handled_by === 'person' && thread.needs_person_reason === 'with_person'
  if (thread.needs_person && !isWithMe) {
    const why = whyAPerson({ reason: thread.needs_person_reason, detail: thread.needs_person_detail })
    return { kind: 'needs-person', tone: 'warning', text: `Needs a person: ${why}` }
  }
  if (thread.handled_by === 'person') {
    const who = thread.paused_by === me ? 'you' : thread.paused_by
    const text = who ? `Agent paused by ${who}: a person answers.` : 'The agent left this to a person.'
    return { kind: 'paused', tone: 'warning', text }
  }
  return {
    kind: 'agent',
    tone: 'info',
    text: thread.agent_is_writing ? 'The AI agent is writing an answer.' : 'AI agent answers.',
  }
}
