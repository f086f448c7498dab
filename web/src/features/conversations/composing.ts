/** What the composer allows, and what it says about a text before it is sent. */
import type { Conversation, Suggestion } from '@/api/conversations'
import { countSegments, type SegmentCount, toGsm } from '@/components/conversation/segments'
import { formatMoney, formatNumber, modelName, plural } from '@/lib/format'

/** Characters that the carrier takes at most, and that a note may have. */
export const MOST_CHARACTERS = { reply: 1600, note: 10_000 }

/** Why nothing can be texted to this person, and what could be done; null if texts are possible. */
export function blockOf(
  thread: Pick<Conversation, 'is_suppressed' | 'phone'>,
): { title: string; remedy: string } | null {
  if (thread.is_suppressed)
    return {
      title: 'Texts are not possible: this number must not be contacted.',
      remedy: 'The person can allow it again by texting START. Private notes still work.',
    }
  if (!thread.phone)
    return {
      title: 'Texts are not possible: the lead has no phone number.',
      remedy: 'Add one on the lead’s page. Private notes still work.',
    }
  return null
}

export interface Advice {
  count: SegmentCount
  /** The same text in plain characters, where that takes fewer segments or the cheaper alphabet. */
  plain?: { body: string; segments: number }
}

export function adviceFor(body: string): Advice {
  const count = countSegments(body)
  const plainBody = toGsm(body)
  if (plainBody === body) return { count }
  const plain = countSegments(plainBody)
  const isBetter = plain.segments < count.segments || plain.encoding !== count.encoding
  return isBetter ? { count, plain: { body: plainBody, segments: plain.segments } } : { count }
}

/** `openai:gpt-4o-mini · 412 tokens · $0.0004`: what a draft of the agent took. */
export function suggestionWords(
  suggestion: Pick<Suggestion, 'model' | 'input_tokens' | 'output_tokens' | 'cost'>,
): string {
  const tokens = suggestion.input_tokens + suggestion.output_tokens
  const model = suggestion.model ? modelName(suggestion.model) : 'no model'
  return [model, tokens ? `${formatNumber(tokens)} tokens` : '', formatMoney(suggestion.cost)]
    .filter(Boolean)
    .join(' · ')
}

/** `Send 2 segments` where it costs more than one. */
export const sendWords = (segments: number): string => (segments > 1 ? `Send ${plural(segments, 'segment')}` : 'Send')

/** Reasons of agents come in any case and often without an end. */
export function sentence(words: string): string {
  const text = words.trim()
  if (!text) return ''
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?…]$/.test(text) ? '' : '.')
}
