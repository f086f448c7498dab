import { describe, expect, it } from 'vitest'
import type { DayFigures } from '@/api/dashboard'
import { costChart, textChart } from './series'

const day = (name: string, costs: DayFigures['costs']): DayFigures => ({
  day: name,
  sent: 5,
  delivered: 4,
  received: 2,
  costs,
})

describe('charts', () => {
  it('adds up the cost of a day by channel and kind', () => {
    const chart = costChart([
      day('2026-05-01', [{ channel: 'sms', kind: 'texts', dollars: '0.25' }]),
      day('2026-05-02', []),
      day('2026-05-03', [
        { channel: 'sms', kind: 'texts', dollars: '1.5' },
        { channel: 'sms', kind: 'models', dollars: '0.5' },
      ]),
    ])
    expect(chart.series).toEqual([
      { key: 'sms-texts', label: 'SMS texts' },
      { key: 'sms-models', label: 'SMS models' },
    ])
    expect(chart.days.map((one) => one.total)).toEqual([0.25, 0, 2])
    expect(chart.days[2]?.values).toEqual({ 'sms-texts': 1.5, 'sms-models': 0.5 })
  })
  it('shows the texts of a day', () => {
    expect(textChart([day('2026-05-01', [])]).days[0]?.values).toEqual({ sent: 5, delivered: 4, received: 2 })
  })
})
