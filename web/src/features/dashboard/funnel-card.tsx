import type { FunnelStep } from '@/api/dashboard'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { formatNumber, formatPercent } from '@/lib/format'
import { funnelRows } from './funnel'
import { changeOf } from './trend'

const WORDS: Record<FunnelStep['step'], { label: string; meaning: string }> = {
  reached: { label: 'Reached', meaning: 'a text was sent' },
  delivered: { label: 'Delivered', meaning: 'a text arrived' },
  replied: { label: 'Replied', meaning: 'they wrote back' },
  qualified: { label: 'Qualified', meaning: 'they fit' },
  booked: { label: 'Booked', meaning: 'a meeting is fixed' },
}

/** How far the leads came that campaigns wrote to in the period. */
export function FunnelCard({ steps }: { steps: FunnelStep[] }) {
  return (
    <Card>
      <CardHeader title="Funnel" description="How far the leads came whom campaigns wrote to in this period." />
      <CardBody>
        <table className="w-full text-[13px]">
          <thead className="sr-only">
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Share of those reached</th>
              <th scope="col">Leads</th>
              <th scope="col">Of the step before</th>
              <th scope="col">Against the period before</th>
            </tr>
          </thead>
          <tbody>
            {funnelRows(steps).map((row) => (
              <tr key={row.step}>
                <th scope="row" className="w-24 py-1.5 pr-3 text-left font-medium" title={WORDS[row.step].meaning}>
                  {WORDS[row.step].label}
                </th>
                <td className="w-full py-1.5">
                  <span className="sr-only">{formatPercent(row.ofReached)}</span>
                  <span className="block h-5 overflow-hidden rounded bg-accent" aria-hidden>
                    <span
                      className="block h-full rounded bg-primary transition-[width] duration-500"
                      style={{ width: `${row.ofReached ?? 0}%` }}
                    />
                  </span>
                </td>
                <td className="tabular py-1.5 pl-3 text-right font-medium">{formatNumber(row.leads)}</td>
                <td
                  className="tabular whitespace-nowrap py-1.5 pl-3 text-right text-muted-foreground"
                  title="Of the step before"
                >
                  {row.ofStepBefore === null ? '' : formatPercent(row.ofStepBefore, 0)}
                </td>
                <td
                  className="tabular hidden whitespace-nowrap py-1.5 pl-3 text-right text-muted-foreground sm:table-cell"
                  title="Against as many days before"
                >
                  {row.previous > 0 && changeOf(row.leads, row.previous)?.words}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </CardBody>
    </Card>
  )
}
