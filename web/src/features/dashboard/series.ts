import type { DayFigures } from '@/api/dashboard'
import { type Chart, type Series, totalOf } from '@/components/charts/chart'
import { humanize } from '@/lib/format'

const KINDS: Record<string, string> = { texts: 'texts', models: 'models' }
const CHANNELS: Record<string, string> = { sms: 'SMS' }

const costLabel = (channel: string, kind: string) =>
  `${CHANNELS[channel] ?? humanize(channel)} ${KINDS[kind] ?? humanize(kind)}`

/** Cost of each day by channel and by what it was spent on. */
export function costChart(daily: DayFigures[]): Chart {
  const labels = new Map<string, string>()
  const days = daily.map(({ day, costs }) => {
    const values: Record<string, number> = {}
    for (const { channel, kind, dollars } of costs) {
      const key = `${channel}-${kind}`
      labels.set(key, costLabel(channel, kind))
      values[key] = (values[key] ?? 0) + Number(dollars)
    }
    return { day, values, total: totalOf(values) }
  })
  return { series: [...labels].map(([key, label]) => ({ key, label })), days }
}

export const TEXT_SERIES: Series[] = [
  { key: 'sent', label: 'Sent' },
  { key: 'delivered', label: 'Delivered' },
  { key: 'received', label: 'Received' },
]

/** Texts of each day. */
export const textChart = (daily: DayFigures[]): Chart => ({
  series: TEXT_SERIES,
  days: daily.map(({ day, sent, delivered, received }) => ({
    day,
    values: { sent, delivered, received },
    total: sent + received,
  })),
})
