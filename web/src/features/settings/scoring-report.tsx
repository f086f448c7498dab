import { useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import type { ScoreModel, ScoreReport } from '@/api/scoring'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Notice, Skeleton } from '@/components/ui/states'
import { formatNumber, humanize } from '@/lib/format'
import { percent } from '@/lib/scoring'
import { ScoringFeatures } from './scoring-features'
import { Cells } from './scoring-table'

const ReliabilityChart = lazy(() => import('./reliability-chart'))

/** How good a scorer is on leads that it had not seen. */
export function ScoringReport({ model, report }: { model: ScoreModel; report: ScoreReport }) {
  return (
    <>
      <Figures model={model} report={report} />
      <Reliability report={report} />
      <ScoringFeatures report={report} />
    </>
  )
}

function Figures({ model, report }: { model: ScoreModel; report: ScoreReport }) {
  const { gain, auc, shuffled } = report
  const rows: [string, ScoreReport['chosen']][] = [
    ['The average for everybody', report.baseline],
    ...report.candidates.map(({ kind, metrics }): [string, ScoreReport['chosen']] => [
      `${kind === 'logistic' ? 'Logistic regression' : 'Gradient boosting'}${kind === report.kind ? ' (chosen)' : ''}`,
      metrics,
    ]),
  ]
  return (
    <Card>
      <CardHeader
        title={`How good scorer ${model.id} is`}
        description={`Learned from ${formatNumber(report.rows)} leads, of whom ${percent(report.prevalence)} did it. Judged on leads that it had not seen${report.folds === 'time' ? ', always by models of earlier ones' : ''}.`}
      />
      <CardBody className="grid gap-3">
        {report.refusals.length > 0 && <Notice tone="warning">{report.refusals.join(' ')}</Notice>}
        <Cells
          caption="Figures of the models"
          head={['Model', 'Log loss', 'Brier', 'AUC', 'Calibration error']}
          rows={rows.map(([name, one]) => [
            name,
            one.log_loss.toFixed(4),
            one.brier.toFixed(4),
            one.auc.toFixed(3),
            percent(one.calibration_error),
          ])}
        />
        <p className="text-[13px] text-muted-foreground">
          Its log loss is lower than the average’s by {gain.value.toFixed(4)} (95 %: {gain.low.toFixed(4)} to{' '}
          {gain.high.toFixed(4)}); AUC {auc.value.toFixed(3)} ({auc.low.toFixed(3)} to {auc.high.toFixed(3)}; 0.5 is
          chance). On shuffled labels the same training reaches {shuffled.mean.toFixed(3)} on average, and{' '}
          {shuffled.highest.toFixed(3)} at most.
        </p>
        <Cells
          caption="What became of each tier"
          head={['Tier', 'Leads', 'Did it', 'Rate', 'Times the average']}
          rows={report.tiers.map((tier) => [
            tier.tier,
            formatNumber(tier.rows),
            formatNumber(tier.positives),
            tier.rate === null ? '–' : percent(tier.rate),
            tier.lift === null ? '–' : tier.lift.toFixed(2),
          ])}
        />
        <Confusion confusion={report.confusion} />
      </CardBody>
    </Card>
  )
}

function Confusion({ confusion }: { confusion: ScoreReport['confusion'] }) {
  return (
    <p className="text-[13px] text-muted-foreground">
      Tiers A and B taken as a yes: right for {formatNumber(confusion.true_positives)}, wrong for{' '}
      {formatNumber(confusion.false_positives)}. Tiers C and D taken as a no: right for{' '}
      {formatNumber(confusion.true_negatives)}, wrong for {formatNumber(confusion.false_negatives)}.
    </p>
  )
}

function Reliability({ report }: { report: ScoreReport }) {
  const { table: isTable = false } = useSearch({ from: '/settings/$section' })
  const navigate = useNavigate({ from: '/settings/$section' })
  const toggle = () =>
    navigate({ search: (before) => ({ ...before, table: !isTable || undefined }), replace: true, resetScroll: false })
  return (
    <Card>
      <CardHeader
        title="What it says, and what comes true"
        description={`Of the leads that it gives 20 %, one in five should do it. Calibrated by ${humanize(report.calibration)}.`}
        actions={
          <Button variant="ghost" size="sm" aria-pressed={isTable} onClick={toggle}>
            {isTable ? 'Show as chart' : 'Show as table'}
          </Button>
        }
      />
      <CardBody>
        {isTable ? (
          <Cells
            caption="Reliability by tenth of the leads"
            head={['It said', 'Came true', '95 % interval', 'Leads']}
            rows={report.reliability.map((bin) => [
              percent(bin.predicted),
              percent(bin.observed),
              `${percent(bin.low)} to ${percent(bin.high)}`,
              formatNumber(bin.rows),
            ])}
          />
        ) : (
          <Suspense fallback={<Skeleton className="h-64" />}>
            <ReliabilityChart bins={report.reliability} />
          </Suspense>
        )}
      </CardBody>
    </Card>
  )
}
