import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { DayFigures } from '@/api/dashboard'
import { DailyTable } from '@/components/charts/daily-table'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { EmptyState, Skeleton } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { formatMoney, formatNumber } from '@/lib/format'
import { costChart, textChart } from './series'

const DailyBars = lazy(() => import('@/components/charts/daily-bars'))

const MEASURES = [
  { value: 'cost', label: 'Cost' },
  { value: 'texts', label: 'Texts' },
] as const
type Measure = (typeof MEASURES)[number]['value']

/** The days of the period as bars, or as a table for whoever reads figures, or hears them. */
export function DailyCard({ daily }: { daily: DayFigures[] }) {
  const { chart: measure = MEASURES[0].value, table: isTable = false } = useSearch({ from: '/' })
  const navigate = useNavigate({ from: '/' })
  const show = (part: { chart?: Measure; table?: boolean }) =>
    navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
  const chart = measure === 'cost' ? costChart(daily) : textChart(daily)
  const format = measure === 'cost' ? formatMoney : formatNumber
  const isEmpty = chart.days.every((day) => day.total === 0)
  return (
    <Card className="flex flex-col">
      <CardHeader
        title="Day by day"
        description={measure === 'cost' ? 'Cost by channel, in US dollars.' : 'Texts sent, delivered and received.'}
        actions={
          <>
            <Segmented
              label="What the bars show"
              value={measure}
              choices={MEASURES}
              onChange={(chosen) => show({ chart: chosen })}
            />
            <Button
              variant="ghost"
              size="sm"
              aria-pressed={isTable}
              onClick={() => show({ table: !isTable || undefined })}
            >
              {isTable ? 'Show as chart' : 'Show as table'}
            </Button>
          </>
        }
      />
      <CardBody className="flex-1">
        {isEmpty ? (
          <EmptyState title={measure === 'cost' ? 'Nothing was spent in this period' : 'No texts in this period'} />
        ) : isTable ? (
          <DailyTable chart={chart} format={format} caption={measure === 'cost' ? 'Cost by day' : 'Texts by day'} />
        ) : (
          <Suspense fallback={<Skeleton className="h-56" />}>
            <DailyBars chart={chart} format={format} isStacked={measure === 'cost'} />
          </Suspense>
        )}
      </CardBody>
    </Card>
  )
}
