import { describe, expect, it } from 'vitest'
import type { CostReport } from '@/api/budgets'
import { costChart, costRows } from './costs'

const part = (day: string, model: string, purpose: string, cost: string): CostReport['costs'][number] => ({
  day,
  model,
  purpose,
  calls: 2,
  input_tokens: 10,
  output_tokens: 5,
  cost,
})
const report = (...costs: CostReport['costs']): CostReport => ({
  first_day: '2026-02-27',
  last_day: '2026-03-02',
  costs,
})

describe('costs of models', () => {
  const some = report(
    part('2026-02-28', 'openai:gpt-4.1', 'read', '0.25'),
    part('2026-02-28', 'openai:gpt-4.1', 'reply', '0.5'),
    part('2026-03-02', 'ollama:llama3.1:8b', 'reply', '0'),
    part('2026-03-02', 'cerebras:x', 'reply', '0.25'),
  )
  it('sums up by model or purpose, the dearest first', () => {
    expect(costRows(some, 'model').map((row) => [row.key, row.calls, row.tokens, row.cost, row.share])).toEqual([
      ['openai:gpt-4.1', 4, 30, 0.75, 75],
      ['cerebras:x', 2, 15, 0.25, 25],
      ['ollama:llama3.1:8b', 2, 15, 0, 0],
    ])
    expect(costRows(some, 'purpose').map((row) => [row.key, row.cost])).toEqual([
      ['reply', 0.75],
      ['read', 0.25],
    ])
    expect(costRows(report(part('2026-03-02', 'offline', 'sms', '0')), 'model')[0]?.share).toBeNull()
  })
  it('has every day, and bars only of what costs money', () => {
    const chart = costChart(some, 'model')
    expect(chart.series).toEqual([
      { key: 's0', label: 'openai:gpt-4.1' },
      { key: 's1', label: 'cerebras:x' },
    ])
    expect(chart.days.map(({ day, total }) => [day, total])).toEqual([
      ['2026-02-27', 0],
      ['2026-02-28', 0.75],
      ['2026-03-01', 0],
      ['2026-03-02', 0.25],
    ])
  })
  it('puts the cheapest of many together', () => {
    const many = report(...Array.from({ length: 8 }, (_, n) => part('2026-03-01', `m${n}`, 'read', `${n + 1}`)))
    const { series, days } = costChart(many, 'model')
    expect(series.map(({ label }) => label)).toEqual(['m7', 'm6', 'm5', 'm4', 'm3', '3 others'])
    expect(days[2]?.values.other).toBe(6)
  })
})
