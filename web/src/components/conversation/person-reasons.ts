/** Why a conversation waits for a person. */
import type { Conversation, PersonReason } from '@/api/conversations'

export const PERSON_REASONS: Record<PersonReason, string> = {
  reply_limit: 'the agent has answered as often as it may without a person',
  no_auto_reply: 'its campaign leaves every answer to a person',
  asked_for_person: 'the agent asks for a person',
  angry: 'the lead is angry',
  legal_threat: 'the lead speaks of lawyers, authorities or complaints',
  low_confidence: 'the agent is not sure what the lead means',
  repeated_failure: 'the agent could not answer several times in a row',
  wrong_person: 'the number belongs to somebody else',
  wants_no_texts: 'the lead may want no more texts: decide about the opt-out',
  follow_up: 'the lead wanted to hear from us about now',
  model_failed: 'the language model failed',
  answer_refused: 'what the model wrote may not be sent',
  no_sender: 'no enabled sender may send the agent’s answer',
  with_person: 'a person has this thread, and the lead wrote',
  over_budget: 'its campaign’s budget is used up',
}

interface Waiting {
  reason: Conversation['needs_person_reason']
  /** Why in plain words, where the server knows more than the kind of reason. */
  detail: string | null
}

/** One or more whole sentences. */
export function whyAPerson({ reason, detail }: Waiting): string {
  const words = detail || (reason ? PERSON_REASONS[reason] : 'somebody has to look at it')
  return words.charAt(0).toUpperCase() + words.slice(1) + (/[.!?…”]$/.test(words) ? '' : '.')
}
