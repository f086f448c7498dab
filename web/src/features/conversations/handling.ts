/** Who answers in a thread, and what that means for whoever looks at it. */
import type { Conversation, PersonReason } from '@/api/conversations'

export const PERSON_REASONS: Record<PersonReason, string> = {
  reply_limit: 'the agent has answered as often as it may without a person',
  no_auto_reply: 'its campaign leaves every answer to a person',
  asked_for_person: 'the agent asks for a person',
  model_failed: 'the language model failed',
  answer_refused: 'what the model wrote may not be sent',
  no_sender: 'no enabled sender may send the agent’s answer',
  with_person: 'a person has this thread, and the lead wrote',
  over_budget: 'its campaign’s budget is used up',
}

export interface Standing {
  kind: 'opted-out' | 'no-number' | 'needs-person' | 'paused' | 'agent'
  tone: 'danger' | 'warning' | 'info'
  text: string
  detail?: string
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
    const { needs_person_reason: reason, needs_person_detail: detail } = thread
    // Who asks for a person says why in words of its own.
    if (reason === 'asked_for_person' && detail)
      return { kind: 'needs-person', tone: 'warning', text: `Needs a person: ${detail.replace(/[.!?]?$/, '.')}` }
    const words = reason ? PERSON_REASONS[reason] : 'somebody has to look at it'
    return { kind: 'needs-person', tone: 'warning', text: `Needs a person: ${words}.`, ...(detail && { detail }) }
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
