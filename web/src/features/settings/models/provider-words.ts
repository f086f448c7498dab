import type { Model, ProviderFigures, ProviderHealth } from '@/api/models'
import type { Tone } from '@/components/ui/badge'
import { formatCompact, formatMoney, formatNumber, formatPercent, NONE } from '@/lib/format'

const NAMES: Record<string, string> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  ollama: 'Ollama',
  cerebras: 'Cerebras',
  offline: 'Offline model',
}

export const providerName = (provider: string): string => NAMES[provider] ?? provider

/** What each provider needs to be used. */
export const PROVIDER_VARIABLES: { provider: string; variables: string[]; about: string }[] = [
  {
    provider: 'openai',
    variables: ['OPENAI_API_KEY', 'OPENAI_BASE_URL'],
    about: 'The key; the address of any other server that speaks as OpenAI does.',
  },
  {
    provider: 'anthropic',
    variables: ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'],
    about: 'The key; the address only behind a gateway of your own.',
  },
  { provider: 'cerebras', variables: ['CEREBRAS_API_KEY'], about: 'The key.' },
  { provider: 'ollama', variables: ['OLLAMA_BASE_URL'], about: 'The address of your own server; its models are free.' },
]

export const SPANS = [
  { value: 'hour', label: '1 h' },
  { value: 'day', label: '24 h' },
  { value: 'week', label: '7 d' },
] as const
export type Span = (typeof SPANS)[number]['value']

export const figuresOf = (health: ProviderHealth, span: Span): ProviderFigures =>
  ({ hour: health.last_hour, day: health.last_day, week: health.last_week })[span]

/** How a provider is doing, in plain words; `until` is when it is asked again. */
export function stateWords(
  health: Pick<ProviderHealth, 'state' | 'problem' | 'last_week'>,
  until: string,
): {
  label: string
  tone: Tone
  words: string
} {
  switch (health.state) {
    case 'open':
      return {
        label: 'Left alone',
        tone: 'danger',
        words: `It failed so often that it is not asked until ${until}. Calls go to the next model meanwhile.`,
      }
    case 'half_open':
      return { label: 'Being tried', tone: 'warning', words: 'A few calls find out whether it answers again.' }
    default:
      if (health.problem)
        return { label: 'Problem', tone: 'danger', words: 'It is asked, and refuses. Waiting won’t help.' }
      return health.last_week.calls
        ? { label: 'Asked', tone: 'success', words: 'It is asked as usual.' }
        : {
            label: 'Not asked yet',
            tone: 'neutral',
            words: 'No call within seven days. Test it to see whether it answers.',
          }
  }
}

const seconds = (ms: number | null | undefined): string =>
  ms == null ? NONE : ms < 1000 ? `${formatNumber(Math.round(ms))} ms` : `${(ms / 1000).toFixed(1)} s`

/** The figures of a span as label and value. */
export function figureList(figures: ProviderFigures): [string, string][] {
  const failed = Object.values(figures.errors ?? {}).reduce((sum, count) => sum + count, 0)
  const ofAll = (count: number) => (figures.calls ? `, ${formatPercent((count / figures.calls) * 100, 0)}` : '')
  return [
    ['Calls', formatNumber(figures.calls)],
    ['From the cache', `${formatNumber(figures.from_cache)}${ofAll(figures.from_cache)}`],
    ['Without success', `${formatNumber(failed)}${ofAll(failed)}`],
    ['Under way', formatNumber(figures.under_way)],
    ['Half answer within', seconds(figures.p50_ms)],
    ['95 % answer within', seconds(figures.p95_ms)],
    ['Tokens', `${formatCompact(figures.input_tokens)} in, ${formatCompact(figures.output_tokens)} out`],
    ['Cost', formatMoney(figures.cost)],
  ]
}

const NOTHING: ProviderFigures = {
  calls: 0,
  answered: 0,
  from_cache: 0,
  under_way: 0,
  errors: {},
  p50_ms: null,
  p95_ms: null,
  input_tokens: 0,
  output_tokens: 0,
  cost: '0',
}

/** Providers that were asked or are configured: those of the configured models first, in the order of asking. */
export function providersOf(models: Model[], health: ProviderHealth[]): ProviderHealth[] {
  const byName = new Map(health.map((one) => [one.provider, one]))
  const names = new Set([...models.map((model) => model.provider), ...byName.keys()])
  return [...names].map(
    (provider) =>
      byName.get(provider) ?? {
        provider,
        state: 'closed',
        until: null,
        changed_at: null,
        processes_open: 0,
        problem: null,
        last_hour: NOTHING,
        last_day: NOTHING,
        last_week: NOTHING,
      },
  )
}

/** The configured models in the order in which they are asked; those that are only there if named stand apart. */
export const inOrder = (models: Model[]): Model[] => models.filter((model) => model.is_default || model.is_fallback)
