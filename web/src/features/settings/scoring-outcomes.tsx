import { GraduationCap } from 'lucide-react'
import { type ScoringState, useTrain } from '@/api/scoring'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Progress } from '@/components/ui/progress'
import { Notice } from '@/components/ui/states'
import { formatNumber } from '@/lib/format'
import { DOES } from '@/lib/scoring'
import { toastProblem } from '@/lib/toast'
import { outcomeProgress } from './scoring'

/** What there is to learn from, what is missing, and the last training. */
export function ScoringOutcomes({ state }: { state: ScoringState }) {
  const { outcomes, settings, latest } = state
  const train = useTrain()
  const isEnough = outcomes.missing.length === 0
  return (
    <Card>
      <CardHeader
        title="Outcomes to learn from"
        description={`A scorer learns who ${DOES[settings.outcome]} within ${settings.waiting_days} days of the first text, from what was known before it.`}
        actions={
          <Button
            variant={state.active ? 'secondary' : 'primary'}
            isBusy={train.isPending || state.is_training}
            onClick={() => train.mutate(undefined, { onError: toastProblem })}
          >
            <GraduationCap /> Train
          </Button>
        }
      />
      <CardBody className="grid gap-3">
        <dl className="grid grid-cols-1 gap-3 sm:grid-cols-3">
          <Figure label="Leads with a known outcome" value={outcomes.known} of={outcomes.needed} />
          <Figure label="Successes among them" value={outcomes.successes} of={outcomes.needed_successes} />
          <Figure label="Contacted too recently to count" value={outcomes.too_young} />
        </dl>
        {!isEnough && (
          <>
            <Progress label="Outcomes that are needed" value={outcomeProgress(outcomes)} tone="primary" />
            <Notice tone="info">Until a scorer can be used, it takes {outcomes.missing.join(' ')}</Notice>
          </>
        )}
        <div role="status" className="empty:hidden">
          {state.is_training && <Notice tone="info">A scorer is being trained. That takes a minute or two.</Notice>}
          {!state.is_training && latest?.problem && <Notice tone="warning">{latest.problem}</Notice>}
          {!state.is_training && latest?.status === 'refused' && latest.report && (
            <Notice tone="warning">
              The last training is not good enough to be used. {latest.report.refusals.join(' ')}
            </Notice>
          )}
        </div>
      </CardBody>
    </Card>
  )
}

function Figure({ label, value, of }: { label: string; value: number; of?: number }) {
  return (
    <div>
      <dt className="text-[13px] text-muted-foreground">{label}</dt>
      <dd className="tabular font-semibold text-lg">
        {formatNumber(value)}
        {of !== undefined && value < of && (
          <span className="font-normal text-[13px] text-muted-foreground"> of {formatNumber(of)}</span>
        )}
      </dd>
    </div>
  )
}
