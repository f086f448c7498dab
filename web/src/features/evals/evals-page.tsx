import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { FlaskConical, Play } from 'lucide-react'
import { useState } from 'react'
import { type EvalRun, evalsQuery, isUnderWay } from '@/api/evals'
import { Page } from '@/components/layout/page'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Progress } from '@/components/ui/progress'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatAgo, formatMoney, modelName } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { StartSheet } from './start-sheet'
import { STATUS } from './words'

/** Runs of scripted and simulated conversations, which show how a model does before leads meet it. */
export function EvalsPage() {
  useTopics('evals')
  const query = useQuery(evalsQuery())
  const [isStarting, setStarting] = useState(false)
  const start = (
    <Button variant="primary" onClick={() => setStarting(true)}>
      <Play /> Start a run
    </Button>
  )
  return (
    <Page title="Evals" description="Conversations played on a model, held against what should happen." actions={start}>
      {query.isPending && <SkeletonLines count={6} />}
      {query.isError && !query.data && <ErrorState error={query.error} onRetry={query.refetch} />}
      {query.data?.length === 0 && (
        <EmptyState icon={FlaskConical} title="No run yet" actions={start}>
          A run plays conversations in a database of its own, and shows how a model does before leads meet it. Nobody is
          written to, and no lead is touched.
        </EmptyState>
      )}
      {query.data && query.data.length > 0 && (
        <ul className="divide-y rounded-lg border bg-surface">
          {query.data.map((run) => (
            <Row key={run.id} run={run} />
          ))}
        </ul>
      )}
      {isStarting && <StartSheet onClose={() => setStarting(false)} />}
    </Page>
  )
}

function Row({ run }: { run: EvalRun }) {
  const { label, tone } = STATUS[run.status]
  return (
    <li>
      <Link
        to="/evals/$runId"
        params={{ runId: run.id }}
        className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 text-[13px] hover:bg-accent"
      >
        <span className="min-w-0 flex-1 basis-40">
          <span className="block truncate font-medium">{run.model ? modelName(run.model) : 'Default model'}</span>
          <span className="block text-muted-foreground text-xs">
            Run {run.id}, {formatAgo(run.created_at)} by {run.requested_by}
          </span>
        </span>
        {isUnderWay(run) && (
          <span className="w-32">
            <Progress
              label={`Run ${run.id}: conversations played`}
              value={run.planned ? (run.played / run.planned) * 100 : undefined}
            />
          </span>
        )}
        <Status tone={tone}>{label}</Status>
        <span className="tabular w-40 text-right text-muted-foreground">
          {run.passed} of {run.planned} · {formatMoney(run.cost)}
        </span>
      </Link>
    </li>
  )
}
