import type { CostReport } from '@/api/budgets'
import { type Chart, totalOf } from '@/components/charts/chart'
import { modelName } from '@/lib/format'
import { purposeName } from '../purposes'

export type By = 'model' | 'purpose'

export interface CostRow {
  /** The model, or the purpose, as the API calls it. */
  key: string
  label: string
  calls: number
  tokens: number
  cost: number
  /** Of all cost of the period, in percent; null if nothing was spent. */
  share: number | null
}

const MOST_SERIES = 5
const OTHER = 'other'
const DAY_MS = 86_400_000

export const costLabel = (by: By, key: string): string => (by === 'model' ? modelName(key) : purposeName(key))

/** What each model, or each purpose, came to in the whole period; the dearest first. */
export function costRows({ costs }: CostReport, by: By): CostRow[] {
  const rows = new Map<string, CostRow>()
  for (const part of costs) {
    const key = part[by]
    const row = rows.get(key) ?? { key, label: costLabel(by, key), calls: 0, tokens: 0, cost: 0, share: null }
    row.calls += part.calls
    row.tokens += part.input_tokens + part.output_tokens
    row.cost += Number(part.cost)
    rows.set(key, row)
  }
  const total = [...rows.values()].reduce((sum, row) => sum + row.cost, 0)
  return [...rows.values()]
    .map((row) => ({ ...row, share: total > 0 ? (row.cost / total) * 100 : null }))
    .toSorted((one, other) => other.cost - one.cost || other.calls - one.calls)
}

/** Days of the period, also those without calls. */
function daysOf({ first_day, last_day }: CostReport): string[] {
  const first = Date.parse(first_day)
  const count = Math.round((Date.parse(last_day) - first) / DAY_MS) + 1
  return Array.from({ length: count }, (_, day) => new Date(first + day * DAY_MS).toISOString().slice(0, 10))
}

/** Cost of each day by model or purpose: the dearest have bars of their own, the rest share one. */
export function costChart(report: CostReport, by: By): Chart {
  const paid = costRows(report, by).filter((row) => row.cost > 0)
  const own = paid.length > MOST_SERIES + 1 ? paid.slice(0, MOST_SERIES) : paid
  const series = own.map(({ label }, place) => ({ key: `s${place}`, label }))
  // Names of models hold dots and colons, which the chart would read as paths.
  const keys = new Map(own.map(({ key }, place) => [key, `s${place}`]))
  if (own.length < paid.length) series.push({ key: OTHER, label: `${paid.length - own.length} others` })
  const values = new Map<string, Record<string, number>>()
  for (const part of report.costs) {
    const cost = Number(part.cost)
    if (cost === 0) continue
    const day = values.get(part.day) ?? {}
    const key = keys.get(part[by]) ?? OTHER
    day[key] = (day[key] ?? 0) + cost
    values.set(part.day, day)
  }
  const days = daysOf(report).map((day) => ({
    day,
    values: values.get(day) ?? {},
    total: totalOf(values.get(day) ?? {}),
  }))
  return { series, days }
}
