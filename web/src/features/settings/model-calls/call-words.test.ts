import { describe, expect, it } from 'vitest'
import { filterOf, isFiltered, outcomeName, standingOf, tokenWords } from './call-words'

describe('model calls in words', () => {
  it('tells how a call went', () => {
    expect(standingOf({ state: 'reserved', outcome: null, from_cache: false }).label).toBe('Under way')
    expect(standingOf({ state: 'settled', outcome: 'ok', from_cache: true }).label).toBe('From the cache')
    expect(standingOf({ state: 'settled', outcome: 'ok', from_cache: false })).toEqual({
      label: 'Answered',
      tone: 'success',
    })
    expect(standingOf({ state: 'settled', outcome: 'model-timeout', from_cache: false }).tone).toBe('danger')
    expect(standingOf({ state: 'lost', outcome: 'lost', from_cache: false }).tone).toBe('warning')
    expect(outcomeName('model-bewitched')).toBe('Model bewitched')
  })
  it('tells tokens, and whether they are only estimated', () => {
    const call = { input_tokens: 1204, output_tokens: 96, cached_input_tokens: 0, usage_estimated: false }
    expect(tokenWords(call)).toBe('1,204 in, 96 out')
    expect(tokenWords({ ...call, cached_input_tokens: 1024, usage_estimated: true })).toBe(
      '1,204 in (1,024 from the provider’s cache), 96 out, estimated',
    )
  })
  it('takes of the address only what filters calls', () => {
    const search = { asked: 'openai:m', tab: 'x' }
    expect(filterOf(search)).toEqual({ model: 'openai:m' })
    expect(isFiltered(filterOf({}))).toBe(false)
    expect(isFiltered(filterOf({ campaign_id: 3 }))).toBe(true)
  })
})
