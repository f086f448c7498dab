import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Activity } from 'lucide-react'
import { executionsQuery } from '@/api/agent-runs'
import type { AgentType } from '@/api/agents'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatAgo, formatDateTime, formatMoney, formatNumber, humanize, modelName } from '@/lib/format'
import { ExecutionSheet } from './execution-sheet'
import { purposeLabel } from './words'

/** What the agent did, newest first; `?run=5` opens one. */
export function ExecutionsTab({ of }: { of: { agentId: number } | { agentType: AgentType } }) {
  const { run } = useSearch({ from: '/agents/$agentKey' })
  const navigate = useNavigate({ from: '/agents/$agentKey' })
  const open = (id: number | undefined) => void navigate({ search: (before) => ({ ...before, run: id }) })
  const query = useInfiniteQuery(executionsQuery(of))
  const rows = query.data?.pages.flatMap((page) => page.items) ?? []
  if (query.isPending) return <SkeletonLines count={6} />
  if (query.isError && !query.data) return <ErrorState error={query.error} onRetry={query.refetch} />
  return (
    <>
      {rows.length === 0 && (
        <EmptyState icon={Activity} title="No runs yet">
          Each time the agent works, for a lead or in the playground, is listed here with what it was given and what it
          took.
        </EmptyState>
      )}
      {rows.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="overflow-x-auto rounded-lg border bg-surface" tabIndex={0} aria-label="Runs">
          <table className="w-full min-w-[44rem] text-left text-[13px]">
            <thead className="border-b text-muted-foreground text-xs">
              <tr>
                {['When', 'For', 'Version', 'How it went', 'Time', 'Tokens', 'Cost', 'Model'].map((head) => (
                  <th key={head} scope="col" className="px-3 py-2 font-medium">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="tabular">
              {rows.map((row) => (
                <tr key={row.id} className="border-b last:border-0 hover:bg-accent">
                  <td className="whitespace-nowrap px-3 py-1.5">
                    <button
                      type="button"
                      className="rounded text-primary-text hover:underline"
                      title={formatDateTime(row.executed_at)}
                      aria-label={`Run ${row.id}, ${formatAgo(row.executed_at)}`}
                      onClick={() => open(row.id)}
                    >
                      {formatAgo(row.executed_at)}
                    </button>
                  </td>
                  <td className="whitespace-nowrap px-3 py-1.5">
                    {row.run_id === null ? (
                      purposeLabel(row.purpose)
                    ) : (
                      <Link
                        to="/runs/$runId"
                        params={{ runId: row.run_id }}
                        className="text-primary-text hover:underline"
                      >
                        Workflow, run {row.run_id}
                      </Link>
                    )}
                  </td>
                  <td className="px-3 py-1.5">{row.agent_version ?? (row.agent_id ? 'Draft' : 'Shipped')}</td>
                  <td className="px-3 py-1.5">
                    <Status tone={row.success ? 'success' : 'danger'}>
                      {row.success ? 'Well' : humanize(row.error_code ?? 'failed')}
                    </Status>
                  </td>
                  <td className="px-3 py-1.5">{formatNumber(row.processing_time_ms)} ms</td>
                  <td className="px-3 py-1.5">{formatNumber(row.input_tokens + row.output_tokens)}</td>
                  <td className="px-3 py-1.5">{formatMoney(row.cost)}</td>
                  <td className="px-3 py-1.5">{row.model ? modelName(row.model) : '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {query.hasNextPage && (
        <div className="mt-3 text-center">
          <Button isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
            Show earlier runs
          </Button>
        </div>
      )}
      {run !== undefined && <ExecutionSheet id={run} onClose={() => open(undefined)} />}
    </>
  )
}
