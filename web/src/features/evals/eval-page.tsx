import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { evalQuery, evalsQuery, isUnderWay } from '@/api/evals'
import { Page } from '@/components/layout/page'
import { Status } from '@/components/ui/badge'
import { NativeSelect } from '@/components/ui/input'
import { Progress } from '@/components/ui/progress'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatAgo, formatMoney, modelName } from '@/lib/format'
import { Comparison } from './comparison'
import { Conversations } from './conversations'
import { STATUS } from './words'

/** One run: how far it is, what went as expected and what did not, beside another run if wanted. */
export function EvalPage() {
  const { runId } = useParams({ from: '/evals/$runId' })
  const { beside } = useSearch({ from: '/evals/$runId' })
  const navigate = useNavigate({ from: '/evals/$runId' })
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
      description={
        run
          ? `${run.model ? modelName(run.model) : 'Default model'}, ${formatAgo(run.created_at)}: ${run.passed} of ${run.planned} as expected, ${formatMoney(run.cost)} of at most ${formatMoney(run.wanted.most_cost)}`
          : undefined
      }
      actions={
        others.length > 0 && (
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
        )
      }
    >
      {query.isPending && <SkeletonLines count={8} />}
      {query.isError && !run && <ErrorState error={query.error} onRetry={query.refetch} />}
      {run && (
        <div className="grid gap-4">
          {isUnderWay(run) && (
            <Progress label="Conversations played" value={run.planned ? (run.played / run.planned) * 100 : undefined} />
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
