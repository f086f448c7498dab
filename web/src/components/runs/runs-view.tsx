import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Route } from 'lucide-react'
import { useMemo } from 'react'
import { type Run, runsQuery } from '@/api/runs'
import { type Column, DataTable } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import { formatDateTime, formatMoney, formatNumber, formatShortTime } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { NO_FILTER, type RunsSearch, runFilterOf } from './filter'
import { RunStatusMark } from './run-status'
import { RunsBar } from './runs-bar'
import { type StepNames, useStepNames } from './step-names'
import { stopWords, waitLabel } from './words'

/** Where the run stands, or why it ended. */
function whereOf(run: Run, names: StepNames): string {
  const step = (path: string | null) => (path ? names(run.workflow_id, path) : '')
  if (run.status === 'waiting')
    return run.waits
      .map(({ kind, node_id, due_at }) => {
        const until = due_at && Date.parse(due_at) > Date.now() && `until ${formatDateTime(due_at)}`
        return [waitLabel(kind), step(node_id), until].filter(Boolean).join(' · ')
      })
      .join(', ')
  if (run.status === 'failed') return [step(run.error_node), run.error].filter(Boolean).join(' · ')
  return stopWords(run.stop_reason)
}

const columnsOf = (names: StepNames): Column<Run>[] => [
  {
    id: 'lead',
    header: 'Lead',
    width: 210,
    cell: (run) => (
      <>
        <span className="font-medium">{run.lead_name || (run.lead_id ? `Lead ${run.lead_id}` : 'Deleted lead')}</span>
        {run.lead_company && <span className="text-muted-foreground"> · {run.lead_company}</span>}
      </>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: 170,
    cell: (run) => (
      <span className="flex gap-1.5">
        <RunStatusMark run={run} />
      </span>
    ),
  },
  {
    id: 'where',
    header: 'Where',
    cell: (run) => <span title={whereOf(run, names)}>{whereOf(run, names)}</span>,
  },
  {
    id: 'workflow',
    header: 'Workflow',
    width: 180,
    cell: (run) => (
      <>
        {run.workflow_name ?? 'The campaign’s own'}
        {run.workflow_version && <span className="text-muted-foreground"> v{run.workflow_version}</span>}
      </>
    ),
  },
  { id: 'campaign', header: 'Campaign', width: 140, cell: (run) => run.campaign_name },
  { id: 'steps', header: 'Steps', width: 70, align: 'right', cell: (run) => formatNumber(run.step_count) },
  { id: 'cost', header: 'Cost', width: 90, align: 'right', cell: (run) => formatMoney(run.cost) },
  {
    id: 'started',
    header: 'Began',
    width: 90,
    cell: (run) => <span className="text-muted-foreground">{formatShortTime(run.started_at)}</span>,
  },
]

interface RunsViewProps {
  search: RunsSearch
  set: (change: RunsSearch) => void
  /** What is chosen by where the list stands: the runs of one campaign, say. */
  fixed?: RunsSearch
  /** Its workflow, where it is known: its steps can be chosen. */
  workflowId?: number | undefined
}

const NOTHING_FIXED: RunsSearch = {}

/** Runs with what became of them, newest first; one opens as its page. */
export function RunsView({ search, set, fixed = NOTHING_FIXED, workflowId }: RunsViewProps) {
  const navigate = useNavigate()
  useTopics('runs')
  const names = useStepNames()
  const columns = useMemo(() => columnsOf(names), [names])
  const rows = useRows(useInfiniteQuery(runsQuery(runFilterOf({ ...search, ...fixed }))))
  const isFiltered = Object.keys(runFilterOf(search)).length > 0
  const hidden = useMemo(
    () =>
      new Set([
        ...(fixed.workflow || workflowId ? ['workflow'] : []),
        ...(fixed.campaign ? ['campaign', 'workflow'] : []),
      ]),
    [fixed.workflow, fixed.campaign, workflowId],
  )
  return (
    <>
      <RunsBar
        search={search}
        set={set}
        fixed={fixed}
        workflowId={workflowId ?? fixed.workflow ?? search.workflow}
        known={rows.items[0]}
      />
      <DataTable
        label="Runs"
        className="-mx-4 border-t md:-mx-6"
        columns={columns}
        hidden={hidden}
        rows={rows}
        rowId={(run) => run.id}
        rowName={(run) => `Run ${run.id} of ${run.lead_name}`}
        onOpen={(run) => void navigate({ to: '/runs/$runId', params: { runId: run.id } })}
        empty={
          <EmptyState
            icon={Route}
            title={isFiltered ? 'No run matches' : 'No runs yet'}
            actions={isFiltered && <Button onClick={() => set(NO_FILTER)}>Show all</Button>}
          >
            {isFiltered
              ? 'Choose another status or step, or search for less.'
              : 'Start a campaign: each of its leads makes one run through its workflow, and every step can be looked at here.'}
          </EmptyState>
        }
      />
    </>
  )
}
