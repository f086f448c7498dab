import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ArrowUpLeft, MessagesSquare, RotateCcw, User } from 'lucide-react'
import { lazy, Suspense, useMemo, useState } from 'react'
import { type RunDetail, runQuery } from '@/api/runs'
import { type NodeSpecification, nodeSpecificationsQuery, type WorkflowDefinition } from '@/api/workflows'
import { Page } from '@/components/layout/page'
import { RunStatusMark } from '@/components/runs/run-status'
import { lastedWords } from '@/components/runs/words'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, Notice, Skeleton } from '@/components/ui/states'
import { graphOf } from '@/components/workflow-canvas/graph'
import { notesOf } from '@/components/workflow-canvas/notes'
import { formatDateTime } from '@/lib/format'
import { useShortcuts } from '@/lib/shortcuts'
import { useTopics } from '@/live/use-live'
import { CancelButton } from './cancel-button'
import { Names } from './names'
import { ReplayDialog } from './replay-dialog'
import { RunOverview } from './run-overview'
import { StepDetails } from './step-details'
import { marksOfRun, scopeOf, type Visit, visitsOf } from './visits'

const Canvas = lazy(() => import('@/components/workflow-canvas/canvas'))

const NO_DEFINITION: WorkflowDefinition = { nodes: [], edges: [] }

const RunsLink = () => (
  <Link to="/runs" className="hover:underline">
    Runs
  </Link>
)

/** One run on the canvas of its workflow: `?step=ask&visit=2` shows one of its steps. */
export function RunPage() {
  const { runId } = useParams({ from: '/runs/$runId' })
  useTopics(`run:${runId}`)
  const run = useQuery(runQuery(runId))
  const specifications = useQuery(nodeSpecificationsQuery())
  const error = run.error ?? specifications.error
  if (run.data && specifications.data)
    return <LoadedRun key={run.data.id} run={run.data} specifications={specifications.data} />
  return (
    <Page title="Run" mode="fill" parent={<RunsLink />}>
      {error ? (
        <ErrorState error={error} onRetry={() => [run, specifications].map((query) => query.refetch())} />
      ) : (
        <Skeleton className="mb-6 flex-1" />
      )}
    </Page>
  )
}

function LoadedRun({ run, specifications }: { run: RunDetail; specifications: NodeSpecification[] }) {
  const { text, ...wanted } = useSearch({ from: '/runs/$runId' })
  const step = wanted.step ?? run.texts.find((one) => one.id === text)?.node_id ?? undefined
  const search = { ...wanted, step }
  const navigate = useNavigate({ from: '/runs/$runId' })
  const [isReplaying, setReplaying] = useState(false)
  const visits = useMemo(() => visitsOf(run), [run])
  const definition = (run.definition as WorkflowDefinition | null) ?? NO_DEFINITION
  const names = useMemo(() => new Names(definition, specifications), [definition, specifications])
  const scope = useMemo(() => scopeOf(definition, search.step), [definition, search.step])
  const graph = useMemo(() => graphOf(scope.definition, specifications), [scope.definition, specifications])
  const notes = useMemo(() => notesOf(scope.definition), [scope.definition])
  const marks = useMemo(() => marksOfRun(run, scope), [run, scope])
  const select = (step: string | undefined, visit?: number) => void navigate({ search: { step, visit }, replace: true })
  const here = visits.filter((visit) => visit.node_id === search.step)
  const shown = here.find((visit) => visit.visit === search.visit) ?? here.at(-1)
  const move = (by: number) => {
    const next = visits[shown ? visits.indexOf(shown) + by : by > 0 ? 0 : visits.length - 1]
    if (next) selectVisit(next)
  }
  const selectVisit = (visit: Visit) => {
    const isLatest = visits.findLast((one) => one.node_id === visit.node_id) === visit
    select(visit.node_id, isLatest ? undefined : visit.visit)
  }
  useShortcuts([
    { keys: 'j', label: 'Next step', group: 'Run', run: () => move(1) },
    { keys: 'k', label: 'Previous step', group: 'Run', run: () => move(-1) },
    {
      keys: 'Escape',
      label: 'Back to the whole run',
      group: 'Run',
      run: () => select(undefined),
      when: () => !!search.step,
    },
  ])
  // Where it has been, and last where it is.
  const focus = [...visits, ...run.waits].map(({ node_id }) => node_id.split('/')[0] ?? node_id)
  const visited = [...new Map(visits.map((visit) => [visit.node_id, names.of(visit.node_id).label]))]
  const first = search.step && here.length > 0 ? search.step : visited[0]?.[0]
  return (
    <Page
      title={run.lead_name || (run.lead_id ? `Lead ${run.lead_id}` : 'Deleted lead')}
      mode="fill"
      parent={<RunsLink />}
      mark={<RunStatusMark run={run} />}
      description={[
        run.workflow_name
          ? `${run.workflow_name}, version ${run.workflow_version}`
          : 'A workflow of the campaign’s own',
        run.campaign_name,
        `began ${formatDateTime(run.started_at)}`,
        `${run.finished_at ? 'took' : 'so far'} ${lastedWords(run)}`,
      ]
        .filter(Boolean)
        .join(' · ')}
      actions={<Actions run={run} onReplay={first ? () => setReplaying(true) : undefined} />}
    >
      {run.replay_of && (
        <Notice tone="info" className="mb-3">
          {run.is_dry ? 'A dry run: nothing left and nothing was changed. ' : ''}
          It began{run.replay_from && ` at “${names.of(run.replay_from).label}”`} within{' '}
          <Link to="/runs/$runId" params={{ runId: run.replay_of }} className="underline underline-offset-4">
            run {run.replay_of}
          </Link>
          .
        </Notice>
      )}
      <div className="-mx-4 md:-mx-6 flex min-h-0 flex-1 flex-col overflow-y-auto border-t md:flex-row md:overflow-hidden">
        <div className="relative h-80 min-w-0 shrink-0 bg-surface-sunken md:h-auto md:flex-1 md:shrink">
          {scope.around.length > 0 && (
            <Button className="absolute top-3 left-3 z-10" onClick={() => select(scope.prefix.slice(0, -1))}>
              <ArrowUpLeft /> Within “{scope.around.at(-1)}”: back
            </Button>
          )}
          <Suspense fallback={<Skeleton className="size-full rounded-none" />}>
            {run.definition ? (
              <Canvas
                key={scope.prefix}
                graph={graph}
                notes={notes}
                marks={marks}
                focus={search.step ? undefined : focus}
                selected={search.step?.slice(scope.prefix.length)}
                onSelect={(id) => select(id && scope.prefix + id)}
              />
            ) : (
              <EmptyState title="The workflow is gone" className="h-full">
                The version that this run followed was deleted; its steps are kept.
              </EmptyState>
            )}
          </Suspense>
        </div>
        <aside
          aria-label="What happened"
          className="shrink-0 border-t bg-surface p-4 md:w-96 md:overflow-y-auto md:border-t-0 md:border-l xl:w-[27rem]"
        >
          {search.step ? (
            <StepDetails
              key={search.step}
              run={run}
              path={search.step}
              visits={here}
              visit={shown}
              names={names}
              within={visits.filter((visit) => visit.node_id.startsWith(`${search.step}/`))}
              onSelect={selectVisit}
              onVisit={(visit) => select(search.step, visit)}
              onClose={() => select(undefined)}
              onReplay={() => setReplaying(true)}
            />
          ) : (
            <RunOverview run={run} visits={visits} names={names} onSelect={selectVisit} />
          )}
        </aside>
      </div>
      {isReplaying && first && (
        <ReplayDialog
          run={run}
          steps={visited.map(([path, label]) => ({ path, label }))}
          from={first}
          visit={search.visit ?? null}
          onClose={() => setReplaying(false)}
        />
      )}
    </Page>
  )
}

function Actions({ run, onReplay }: { run: RunDetail; onReplay: (() => void) | undefined }) {
  return (
    <>
      {run.lead_id !== null && (
        <Button asChild>
          <Link to="/leads/$leadId" params={{ leadId: run.lead_id }}>
            <User aria-hidden /> Lead
          </Link>
        </Button>
      )}
      {run.conversation_id !== null && (
        <Button asChild>
          <Link
            to="/conversations"
            search={{ thread: run.conversation_id, view: 'all', status: 'any', everyone: true }}
          >
            <MessagesSquare aria-hidden /> Conversation
          </Link>
        </Button>
      )}
      {onReplay && run.lead_id !== null && (
        <Button onClick={onReplay}>
          <RotateCcw /> Replay
        </Button>
      )}
      {run.status === 'waiting' && <CancelButton run={run} />}
    </>
  )
}
