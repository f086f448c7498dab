import { Bar, BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts'
import { formatDay } from '@/lib/format'
import type { Chart } from './chart'

const COLOURS = [
  'var(--chart-1)',
  'var(--chart-2)',
  'var(--chart-3)',
  'var(--chart-4)',
  'var(--chart-5)',
  'var(--border-strong)',
]
const TICK = { fill: 'var(--muted-foreground)', fontSize: 12 }

interface DailyBarsProps {
  chart: Chart
  format: (value: number) => string
  /** Parts of one whole stand on each other; else side by side. */
  isStacked: boolean
}

/** Bars by day; a module of its own because the library is heavy. */
export default function DailyBars({ chart, format, isStacked }: DailyBarsProps) {
  const rows = chart.days.map(({ day, values }) => ({ day, ...values }))
  return (
    <div className="h-56">
      <ResponsiveContainer width="100%" height="100%">
        <BarChart data={rows} margin={{ top: 8, right: 0, bottom: 0, left: 0 }} accessibilityLayer>
          <CartesianGrid vertical={false} stroke="var(--border)" />
          <XAxis
            dataKey="day"
            tickFormatter={formatDay}
            tick={TICK}
            tickLine={false}
            axisLine={false}
            minTickGap={24}
          />
          <YAxis tickFormatter={format} tick={TICK} tickLine={false} axisLine={false} width={56} tickCount={4} />
          <Tooltip
            cursor={{ fill: 'var(--accent)' }}
            labelFormatter={(day) => formatDay(String(day))}
            formatter={(value) => format(Number(value))}
            contentStyle={{
              background: 'var(--surface)',
              border: '1px solid var(--border)',
              borderRadius: 8,
              fontSize: 13,
            }}
            itemStyle={{ color: 'var(--foreground)' }}
          />
          <Legend
            iconType="circle"
            iconSize={8}
            itemSorter={null}
            formatter={(label) => <span className="text-muted-foreground text-xs">{label}</span>}
          />
          {chart.series.map(({ key, label }, index) => (
            <Bar
              key={key}
              dataKey={key}
              name={label}
              fill={COLOURS[index % COLOURS.length]}
              isAnimationActive={false}
              maxBarSize={28}
              radius={2}
              {...(isStacked && { stackId: 'day' })}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  )
}
