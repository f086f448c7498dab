import type { CallFilter, ModelCall } from '@/api/models'
import type { Tone } from '@/components/ui/badge'
import { formatNumber, humanize } from '@/lib/format'

/** How an attempt ended, by the API's word. */
const OUTCOMES: Record<string, string> = {
  ok: 'Answered',
  cancelled: 'Given up',
  lost: 'Lost with its process',
  'model-timeout': 'No answer in time',
  'model-unavailable': 'Provider not available',
  'model-rate-limited': 'Asked too often',
  'model-quota-exceeded': 'Quota used up',
  'model-not-authenticated': 'Key refused',
  'model-refused': 'Request refused',
  'answer-unusable': 'Answer unusable',
  'circuit-open': 'Provider left alone',
  'budget-exhausted': 'Budget used up',
  'model-error': 'Failed',
}

export const outcomeName = (outcome: string): string => OUTCOMES[outcome] ?? humanize(outcome.replaceAll('-', '_'))

/** Outcomes to choose from. */
export const OUTCOME_CHOICES = Object.entries(OUTCOMES)

const NOBODYS_FAULT = new Set(['cancelled', 'lost', 'budget-exhausted'])

/** How a call went, in a word and a colour. */
export function standingOf(call: Pick<ModelCall, 'state' | 'outcome' | 'from_cache'>): { label: string; tone: Tone } {
  if (call.state === 'reserved') return { label: 'Under way', tone: 'info' }
  if (call.from_cache) return { label: 'From the cache', tone: 'success' }
  const outcome = call.outcome ?? 'ok'
  const tone = outcome === 'ok' ? 'success' : NOBODYS_FAULT.has(outcome) ? 'warning' : 'danger'
  return { label: outcomeName(outcome), tone }
}

/** `1,204 in (1,024 known to the provider), 96 out, estimated`. */
export function tokenWords(
  call: Pick<ModelCall, 'input_tokens' | 'output_tokens' | 'cached_input_tokens' | 'usage_estimated'>,
): string {
  const known = call.cached_input_tokens ? ` (${formatNumber(call.cached_input_tokens)} from the provider’s cache)` : ''
  const estimated = call.usage_estimated ? ', estimated' : ''
  return `${formatNumber(call.input_tokens)} in${known}, ${formatNumber(call.output_tokens)} out${estimated}`
}

/** What of the address filters calls; `asked` is the model. */
export interface CallSearch extends Omit<CallFilter, 'model'> {
  asked?: string | undefined
}

export const filterOf = ({ asked, purpose, outcome, campaign_id, conversation_id }: CallSearch): CallFilter => ({
  model: asked,
  purpose,
  outcome,
  campaign_id,
  conversation_id,
})

export const isFiltered = (filter: CallFilter): boolean => Object.values(filter).some((value) => value !== undefined)
