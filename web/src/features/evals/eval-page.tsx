import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { FileText } from 'lucide-react'
import { type EvalRunDetail, evalQuery, evalsQuery, isUnderWay } from '@/api/evals'
import { Page } from '@/components/layout/page'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { Progress } from '@/components/ui/progress'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatAgo, formatMoney, formatNumber, modelName, plural } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { CancelButton } from './cancel-button'
import { Comparison } from './comparison'
import { Conversations } from './conversations'
import { STATUS } from './words'

/** One run: how far it is, what went as expected and what did not, beside another run if wanted. */
export function EvalPage() {
  const { runId } = useParams({ from: '/evals/$runId' })
  const { beside } = useSearch({ from: '/evals/$runId' })
  const navigate = useNavigate({ from: '/evals/$runId' })
  useTopics(`eval:${runId}`, 'evals')
  const query = useQuery(evalQuery(runId))
  const others = (useQuery(evalsQuery()).data ?? []).filter((one) => one.id !== runId && !isUnderWay(one))
  const run = query.data
  const status = run && STATUS[run.status]
  const played = run?.results?.played ?? []
  return (
    <Page
      title={`Run ${runId}`}
      parent={
        <Link to="/evals" className="hover:underline">
          Evals
        </Link>
      }
      mark={status && <Status tone={status.tone}>{status.label}</Status>}
      description={run && summaryOf(run)}
      actions={
        <>
          {others.length > 0 && (
            <NativeSelect
              aria-label="Compare with"
              className="w-auto"
              value={beside ?? ''}
              onChange={(event) =>
                void navigate({ search: { beside: Number(event.target.value) || undefined }, replace: true })
              }
            >
              <option value="">Compare with …</option>
              {others.map((one) => (
                <option key={one.id} value={one.id}>
                  Run {one.id}, {one.model ? modelName(one.model) : 'default'}
                </option>
              ))}
            </NativeSelect>
          )}
          {run && isUnderWay(run) && <CancelButton runId={runId} />}
          {run && !isUnderWay(run) && run.results && (
            <Button asChild>
              <a href={`/api/evals/${runId}/report`} target="_blank" rel="noreferrer">
                <FileText /> Report
              </a>
            </Button>
          )}
        </>
      }
    >
      {query.isPending && <SkeletonLines count={8} />}
      {query.isError && !run && <ErrorState error={query.error} onRetry={query.refetch} />}
      {run && (
        <div className="grid gap-4">
          {isUnderWay(run) && (
            <div className="grid gap-1.5">
              <Progress
                label="Conversations played"
                value={run.planned ? (run.played / run.planned) * 100 : undefined}
              />
              <p className="tabular text-[13px] text-muted-foreground" role="status">
                {run.status === 'waiting'
                  ? 'Waits for a worker.'
                  : `${formatNumber(run.played)} of ${plural(run.planned, 'conversation')} played.`}
              </p>
            </div>
          )}
          {(run.problem ?? run.results?.stopped) && (
            <Notice tone="warning">{run.problem ?? run.results?.stopped}</Notice>
          )}
          {beside !== undefined && <Comparison beside={beside} played={played} />}
          {played.length > 0 && <Conversations played={played} />}
        </div>
      )}
    </Page>
  )
}

function summaryOf(run: EvalRunDetail): string {
  const { most_cost } = run.wanted
  const limit = most_cost == null ? '' : ` of at most ${formatMoney(most_cost)}`
  const model = run.model ? modelName(run.model) : 'Default model'
  const result = `${run.passed} of ${run.planned} as expected, ${formatMoney(run.cost)}${limit}`
  return `${model}, ${formatAgo(run.created_at)} by ${run.requested_by}: ${result}`
}
