import { Scale } from 'lucide-react'
import { useId } from 'react'
import type { Measure, SplitResult } from '@/api/runs'
import { Badge } from '@/components/ui/badge'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { NativeSelect } from '@/components/ui/input'
import { cn } from '@/lib/cn'
import { formatNumber, formatPercent, humanize } from '@/lib/format'
import { intervalsOf } from './flow'

/** What the leads of a variant did, and how the test is told that is judged by it. */
const MEASURES: Record<Measure, { did: string; by: string }> = {
  replied: { did: 'Replied', by: 'who replied' },
  qualified: { did: 'Qualified', by: 'who turned out qualified' },
  booked: { did: 'Booked', by: 'who booked a meeting' },
  opted_out: { did: 'Opted out', by: 'who opted out; fewer are better' },
}

interface MeasureChoiceProps {
  measure: Measure
  /** Nothing is who replied. */
  onMeasure: (measure: Exclude<Measure, 'replied'> | undefined) => void
}

/** By what all A/B tests of the page are judged. */
export function MeasureChoice({ measure, onMeasure }: MeasureChoiceProps) {
  const id = useId()
  return (
    <div className="flex items-center justify-between gap-3">
      <label htmlFor={id} className="font-semibold text-sm">
        Judge A/B tests by
      </label>
      <NativeSelect
        id={id}
        className="w-auto"
        value={measure}
        onChange={(event) => {
          const chosen = event.target.value as Measure
          onMeasure(chosen === 'replied' ? undefined : chosen)
        }}
      >
        {(Object.keys(MEASURES) as Measure[]).map((one) => (
          <option key={one} value={one}>
            {MEASURES[one].did}
          </option>
        ))}
      </NativeSelect>
    </div>
  )
}

const percent = (rate: number): string => formatPercent(rate * 100)

/** The result of an A/B test: each variant with its interval, and what may be concluded. */
export function SplitCard({ split }: { split: SplitResult }) {
  const { end, drawn } = intervalsOf(split.variants)
  const { verdict } = split
  return (
    <Card>
      <CardHeader
        title={split.label}
        description={`A/B test by ${MEASURES[split.measure].by}`}
        actions={
          <Badge tone={verdict.is_clear ? 'success' : 'neutral'}>{verdict.is_clear ? 'Clear' : 'Not clear yet'}</Badge>
        }
      />
      <CardBody className="grid gap-3">
        <p className="flex items-start gap-2 text-[13px]">
          <Scale className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
          {verdict.text}
        </p>
        <ul className="grid gap-2.5">
          {drawn.map(({ variant, from, to, at }) => {
            const isWinner = verdict.is_clear && verdict.winner === variant.name
            return (
              <li key={variant.name}>
                <p className="flex items-baseline gap-2 text-[13px]">
                  <span className="min-w-0 flex-1 truncate font-medium">{variant.label || humanize(variant.name)}</span>
                  <span className="tabular">{percent(variant.rate)}</span>
                  <span className="tabular text-muted-foreground text-xs">
                    {percent(variant.low)} to {percent(variant.high)}
                  </span>
                </p>
                <div className="relative mt-1 h-4 rounded bg-accent" aria-hidden>
                  <span
                    className={cn('absolute inset-y-1 rounded-full', isWinner ? 'bg-success' : 'bg-border-strong')}
                    style={{ left: `${from}%`, width: `${Math.max(to - from, 0.5)}%` }}
                  />
                  <span
                    className="-ml-[3px] absolute inset-y-0 w-1.5 rounded-full border border-surface bg-foreground"
                    style={{ left: `${at}%` }}
                  />
                </div>
              </li>
            )
          })}
        </ul>
        <p className="tabular flex justify-between text-muted-foreground text-xs" aria-hidden>
          <span>0 %</span>
          <span>{percent(end)}</span>
        </p>
        <SplitTable split={split} />
      </CardBody>
    </Card>
  )
}

const CELL = 'py-1 pl-3 text-right'

function SplitTable({ split }: { split: SplitResult }) {
  return (
    <details>
      <summary className="cursor-pointer text-[13px] text-muted-foreground hover:text-foreground">As a table</summary>
      <table className="tabular mt-2 w-full text-[13px]">
        <caption className="sr-only">Results of {split.label}, with 95 % intervals</caption>
        <thead className="text-muted-foreground text-xs">
          <tr>
            <th scope="col" className="py-1 text-left font-medium">
              Variant
            </th>
            {['Leads', MEASURES[split.measure].did, 'Rate', '95 % interval'].map((head) => (
              <th key={head} scope="col" className={cn(CELL, 'font-medium')}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {split.variants.map((variant) => (
            <tr key={variant.name}>
              <th scope="row" className="py-1 text-left font-normal">
                {variant.label || humanize(variant.name)}
              </th>
              <td className={CELL}>{formatNumber(variant.leads)}</td>
              <td className={CELL}>{formatNumber(variant[split.measure])}</td>
              <td className={CELL}>{percent(variant.rate)}</td>
              <td className={cn(CELL, 'whitespace-nowrap')}>
                {percent(variant.low)} – {percent(variant.high)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}
