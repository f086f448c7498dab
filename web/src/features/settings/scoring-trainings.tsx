import { Link } from '@tanstack/react-router'
import { type ScoreModel, useActivate } from '@/api/scoring'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { formatAgo } from '@/lib/format'
import { DOES } from '@/lib/scoring'
import { toast, toastProblem } from '@/lib/toast'
import { mayBeActivated, STATUS } from './scoring'

interface TrainingsProps {
  models: ScoreModel[]
  shownId: number | undefined
  hasActive: boolean
}

/** Every training with what came of it; any that was good enough can be put to use. */
export function ScoringTrainings({ models, shownId, hasActive }: TrainingsProps) {
  const activate = useActivate()
  const use = (id: number) =>
    activate.mutate(id, { onError: toastProblem, onSuccess: () => toast.success(`Scorer ${id} scores all leads now`) })
  return (
    <Card className="overflow-hidden">
      <CardHeader title="Trainings" description="A scorer is offered only if it surely beats the average." />
      <ul className="divide-y border-t">
        {models.map((model) => (
          <li key={model.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5 text-[13px]">
            <span className="min-w-0 flex-1 basis-56">
              <span className="flex flex-wrap items-center gap-2 font-medium">
                Scorer {model.id}
                <Status tone={STATUS[model.status].tone} pulse={model.status === 'training'}>
                  {STATUS[model.status].label}
                </Status>
              </span>
              <span className="block text-muted-foreground text-xs">
                Who {DOES[model.outcome]} within {model.waiting_days} days · {model.requested_by} ·{' '}
                {formatAgo(model.trained_at ?? model.created_at)}
              </span>
            </span>
            <span className="tabular w-24 text-muted-foreground">
              {model.report && `AUC ${model.report.chosen.auc.toFixed(3)}`}
            </span>
            {model.report && model.id !== shownId && (
              <Button variant="ghost" size="sm" asChild>
                <Link
                  to="/settings/$section"
                  params={{ section: 'scoring' }}
                  search={(before) => ({ ...before, model: model.id })}
                  aria-label={`Report of scorer ${model.id}`}
                >
                  Report
                </Link>
              </Button>
            )}
            {mayBeActivated(model) && (
              <Button
                size="sm"
                variant={hasActive ? 'secondary' : 'primary'}
                isBusy={activate.isPending && activate.variables === model.id}
                aria-label={`Use scorer ${model.id}`}
                onClick={() => use(model.id)}
              >
                Use
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}
