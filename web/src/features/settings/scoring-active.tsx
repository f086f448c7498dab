import { CircleStop, Undo2 } from 'lucide-react'
import { type ScoreModel, type ScoringState, useRollBack, useStopScoring } from '@/api/scoring'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/misc'
import { formatDateTime, formatNumber } from '@/lib/format'
import { DOES, percent } from '@/lib/scoring'
import { toastProblem } from '@/lib/toast'

/** The scorer in use, the way back, and the way out. */
export function ScoringActive({ active, state }: { active: ScoreModel; state: ScoringState }) {
  const rollBack = useRollBack()
  const stop = useStopScoring()
  return (
    <Card>
      <CardHeader
        title={`In use: scorer ${active.id}`}
        description="Its score stands beside what a conversation finds out, and counts as long as the lead has said little."
        actions={
          <>
            {state.previous && (
              <Button isBusy={rollBack.isPending} onClick={() => rollBack.mutate(undefined, { onError: toastProblem })}>
                <Undo2 /> Back to scorer {state.previous.id}
              </Button>
            )}
            <Button isBusy={stop.isPending} onClick={() => stop.mutate(undefined, { onError: toastProblem })}>
              <CircleStop /> Stop using
            </Button>
          </>
        }
      />
      <CardBody>
        <Facts
          className="tabular"
          items={[
            ['Predicts', `the chance that a lead ${DOES[active.outcome]} within ${active.waiting_days} days`],
            ['Leads scored', formatNumber(state.scored)],
            ['In use since', formatDateTime(active.activated_at)],
            ['Average', active.report ? percent(active.report.prevalence) : '–'],
          ]}
        />
      </CardBody>
    </Card>
  )
}
