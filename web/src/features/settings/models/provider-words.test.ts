import { describe, expect, it } from 'vitest'
import type { Model, ProviderFigures, ProviderHealth } from '@/api/models'
import { figureList, inOrder, PROVIDER_VARIABLES, providersOf, stateWords } from './provider-words'

const figures: ProviderFigures = {
  calls: 40,
  answered: 27,
  from_cache: 10,
  under_way: 1,
  errors: { 'model-timeout': 2 },
  p50_ms: 420.4,
  p95_ms: 2350,
  input_tokens: 1_234_567,
  output_tokens: 90,
  cost: '0.125',
}
const health = (part: Partial<ProviderHealth>): ProviderHealth => ({
  provider: 'openai',
  state: 'closed',
  until: null,
  changed_at: null,
  processes_open: 0,
  problem: null,
  last_hour: figures,
  last_day: figures,
  last_week: figures,
  ...part,
})
const model = (name: string, part: Partial<Model> = {}) =>
  ({ name, provider: name.split(':')[0], is_default: false, is_fallback: false, ...part }) as Model

describe('providers in words', () => {
  it('says how one is doing', () => {
    expect(stateWords(health({}), '').label).toBe('Asked')
    expect(stateWords(health({ state: 'open' }), '12:03').words).toContain('until 12:03')
    expect(stateWords(health({ state: 'half_open' }), '').label).toBe('Being tried')
    expect(stateWords(health({ problem: 'The key is wrong.' }), '').tone).toBe('danger')
    expect(stateWords(health({ last_week: { ...figures, calls: 0 } }), '').label).toBe('Not asked yet')
  })
  it('lists the figures of a span', () => {
    expect(Object.fromEntries(figureList(figures))).toMatchObject({
      Calls: '40',
      'From the cache': '10, 25 %',
      'Without success': '2, 5 %',
      'Half answer within': '420 ms',
      '95 % answer within': '2.4 s',
      Tokens: '1.2M in, 90 out',
    })
  })
  it('shows configured providers first, also those without calls', () => {
    const models = [
      model('anthropic:m', { is_default: true }),
      model('openai:m', { is_fallback: true }),
      model('offline'),
    ]
    const shown = providersOf(models, [health({ provider: 'cerebras' }), health({})])
    expect(shown.map((one) => [one.provider, one.last_week.calls])).toEqual([
      ['anthropic', 0],
      ['openai', 40],
      ['offline', 0],
      ['cerebras', 40],
    ])
    expect(inOrder(models).map(({ name }) => name)).toEqual(['anthropic:m', 'openai:m'])
  })
  it('names the variables of every provider', () => {
    expect(PROVIDER_VARIABLES.map(({ provider }) => provider)).toEqual(['openai', 'anthropic', 'cerebras', 'ollama'])
  })
})
