import {
  CartesianGrid,
  ErrorBar,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts'
import type { ScoreReport } from '@/api/scoring'
import { percent } from '@/lib/scoring'

const TICK = { fill: 'var(--muted-foreground)', fontSize: 12 }

/** What was said against what came true; on the dashed line both agree. A module of its own because the library is heavy. */
export default function ReliabilityChart({ bins }: { bins: ScoreReport['reliability'] }) {
  const top = Math.min(1, Math.ceil(20 * Math.max(...bins.flatMap((bin) => [bin.predicted, bin.high]))) / 20)
  const points = bins.map((bin) => ({
    said: bin.predicted,
    came: bin.observed,
    spread: [bin.observed - bin.low, bin.high - bin.observed],
  }))
  const axis = {
    type: 'number' as const,
    domain: [0, top] as [number, number],
    tickFormatter: (value: number) => percent(value, 0),
    tick: TICK,
    tickLine: false,
    axisLine: false,
  }
  return (
    <figure>
      <div className="h-64" role="img" aria-label="Reliability curve; “Show as table” gives its figures.">
        <ResponsiveContainer width="100%" height="100%">
          <ScatterChart margin={{ top: 8, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
            <CartesianGrid stroke="var(--border)" />
            <XAxis dataKey="said" name="It said" {...axis} />
            <YAxis dataKey="came" name="Came true" width={48} {...axis} />
            <ReferenceLine
              segment={[
                { x: 0, y: 0 },
                { x: top, y: top },
              ]}
              stroke="var(--muted-foreground)"
              strokeDasharray="4 4"
            />
            <Tooltip
              formatter={(value) => percent(Number(value))}
              contentStyle={{
                background: 'var(--surface)',
                border: '1px solid var(--border)',
                borderRadius: 8,
                fontSize: 13,
              }}
              itemStyle={{ color: 'var(--foreground)' }}
            />
            <Scatter data={points} fill="var(--chart-1)" isAnimationActive={false}>
              <ErrorBar dataKey="spread" direction="y" width={4} stroke="var(--chart-1)" opacity={0.6} />
            </Scatter>
          </ScatterChart>
        </ResponsiveContainer>
      </div>
      <figcaption className="mt-1 text-muted-foreground text-xs">
        Across: the chance that it gave. Up: the share that did it, with its 95 % interval. Each dot is a tenth of the
        leads.
      </figcaption>
    </figure>
  )
}
