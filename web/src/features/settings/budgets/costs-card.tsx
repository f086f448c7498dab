import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { type CostReport, costsQuery } from '@/api/budgets'
import { DailyTable } from '@/components/charts/daily-table'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { EmptyState, Skeleton } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { formatCompact, formatMoney, formatNumber, formatPercent } from '@/lib/format'
import { Loaded } from '../loaded'
import { type By, costChart, costRows } from './costs'

const DailyBars = lazy(() => import('@/components/charts/daily-bars'))

const BY = [
  { value: 'model', label: 'By model' },
  { value: 'purpose', label: 'By purpose' },
] as const
const PERIODS = (['7', '30', '90'] as const).map((value) => ({ value, label: `${value} days` }))
const USUAL = 30

/** What models cost: day by day as bars or figures, and in all, by model or by purpose. */
export function CostsCard() {
  const { by = 'model', days = USUAL, table: isTable = false } = useSearch({ from: '/settings/$section' })
  const navigate = useNavigate({ from: '/settings/$section' })
  const query = useQuery(costsQuery(days))
  const show = (part: { by?: By; days?: 7 | 30 | 90 | undefined; table?: boolean | undefined }) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="What models cost"
        description="In US dollars, by days of UTC, as budgets are reckoned."
        className="flex-wrap"
        actions={
          <Button
            variant="ghost"
            size="sm"
            aria-pressed={isTable}
            onClick={() => show({ table: !isTable || undefined })}
          >
            {isTable ? 'Show as chart' : 'Show as table'}
          </Button>
        }
      />
      <CardBody className="grid gap-4">
        <div className="flex flex-wrap gap-2">
          <Segmented label="Split" value={by} choices={BY} onChange={(value) => show({ by: value })} />
          <Segmented
            label="Period"
            value={`${days}` as '7' | '30' | '90'}
            choices={PERIODS}
            onChange={(value) => show({ days: Number(value) as 7 | 30 | 90 })}
          />
        </div>
        <Loaded query={query}>{(report) => <Costs report={report} by={by} isTable={isTable} />}</Loaded>
      </CardBody>
    </Card>
  )
}

function Costs({ report, by, isTable }: { report: CostReport; by: By; isTable: boolean }) {
  const chart = costChart(report, by)
  const rows = costRows(report, by)
  const isFree = chart.series.length === 0
  if (rows.length === 0) {
    return (
      <EmptyState title="No model was asked in this period">
        Calls appear here as soon as an agent reads or answers a text, or somebody tests a model.
      </EmptyState>
    )
  }
  return (
    <>
      {isFree && (
        <p className="text-[13px] text-muted-foreground">Nothing was spent: all calls were answered by free models.</p>
      )}
      {!isFree && isTable && (
        <DailyTable chart={chart} format={formatMoney} caption="Cost of models by day" withTotal />
      )}
      {!isFree && !isTable && (
        <Suspense fallback={<Skeleton className="h-56" />}>
          <DailyBars chart={chart} format={formatMoney} isStacked />
        </Suspense>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section className="overflow-x-auto" tabIndex={0} aria-label="Cost of the period">
        <table className="tabular w-full min-w-[28rem] text-[13px]">
          <thead className="text-left text-muted-foreground text-xs">
            <tr>
              <th scope="col" className="py-1 font-medium">
                {by === 'model' ? 'Model' : 'Purpose'}
              </th>
              {['Calls', 'Tokens', 'Cost', 'Share'].map((head) => (
                <th key={head} scope="col" className="py-1 pl-4 text-right font-medium">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody className="divide-y">
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row" className="py-1.5 text-left font-normal">
                  {row.key === '' ? (
                    row.label
                  ) : (
                    <Link
                      to="/settings/$section"
                      params={{ section: 'model-calls' }}
                      search={by === 'model' ? { asked: row.key } : { purpose: row.key }}
                      className="text-primary-text hover:underline"
                    >
                      {row.label}
                    </Link>
                  )}
                </th>
                <td className="py-1.5 pl-4 text-right">{formatNumber(row.calls)}</td>
                <td className="py-1.5 pl-4 text-right">{formatCompact(row.tokens)}</td>
                <td className="py-1.5 pl-4 text-right">{formatMoney(row.cost)}</td>
                <td className="py-1.5 pl-4 text-right">{formatPercent(row.share, 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}
