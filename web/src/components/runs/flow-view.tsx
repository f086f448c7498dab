import { useQuery } from '@tanstack/react-query'
import { ChartNoAxesColumn } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import type { FlowStatistics, Measure, NodeFigures } from '@/api/runs'
import { nodeSpecificationsQuery, type WorkflowDefinition } from '@/api/workflows'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui/states'
import { graphOf } from '@/components/workflow-canvas/graph'
import { notesOf } from '@/components/workflow-canvas/notes'
import { formatNumber } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import type { RunsSearch } from './filter'
import { marksOfFlow } from './flow'
import { FlowTable } from './flow-table'
import { NodeFiguresPanel } from './node-figures'
import { MeasureChoice, SplitCard } from './split-card'
import { RUN_STATUSES } from './words'

const Canvas = lazy(() => import('@/components/workflow-canvas/canvas'))

interface FlowViewProps {
  statistics: { data?: FlowStatistics | undefined; error: unknown; refetch: () => unknown }
  /** Whose runs are counted. */
  of: RunsSearch
  selected: string | undefined
  onSelect: (node: string | undefined) => void
  /** What A/B tests are judged by; nothing is who replied. */
  measure: Measure | undefined
  onMeasure: (measure: Exclude<Measure, 'replied'> | undefined) => void
}

/** Where leads wait, fail and leave: figures on the canvas, a step's own beside it, and results of A/B tests. */
export function FlowView({ statistics, of, selected, onSelect, measure, onMeasure }: FlowViewProps) {
  useTopics('runs')
  const specifications = useQuery(nodeSpecificationsQuery())
  const { data } = statistics
  const graph = useMemo(
    () =>
      data && specifications.data ? graphOf(data.definition as WorkflowDefinition, specifications.data) : undefined,
    [data, specifications.data],
  )
  const notes = useMemo(() => (data ? notesOf(data.definition as WorkflowDefinition) : []), [data])
  const marks = useMemo(() => (data && graph ? marksOfFlow(data, graph) : undefined), [data, graph])
  const error = statistics.error ?? specifications.error
  if (!data || !graph || !marks)
    return error ? (
      <ErrorState error={error} onRetry={() => [statistics, specifications].map((query) => query.refetch())} />
    ) : (
      <Skeleton className="mb-6 min-h-72 flex-1" />
    )
  if (data.runs.total === 0)
    return (
      <EmptyState icon={ChartNoAxesColumn} title="No runs yet">
        Start a campaign with this workflow: how many leads come to each step, wait, fail and leave is drawn here.
      </EmptyState>
    )
  const node = graph.find((one) => one.id === selected)
  return (
    <div className="-mx-4 md:-mx-6 flex min-h-0 flex-1 flex-col overflow-y-auto border-t md:flex-row md:overflow-hidden">
      <div className="h-96 min-w-0 shrink-0 bg-surface-sunken md:h-auto md:flex-1 md:shrink">
        <Suspense fallback={<Skeleton className="size-full rounded-none" />}>
          <Canvas
            graph={graph}
            notes={notes}
            marks={marks}
            focus={busiest(data)}
            selected={node?.id}
            onSelect={onSelect}
          />
        </Suspense>
      </div>
      <aside
        aria-label="Figures"
        className="shrink-0 border-t bg-surface p-4 md:w-96 md:overflow-y-auto md:border-t-0 md:border-l"
      >
        {node ? (
          <NodeFiguresPanel
            node={node}
            figures={data.nodes.find((one) => one.node_id === node.id)}
            of={of}
            onClose={() => onSelect(undefined)}
          />
        ) : (
          <div className="grid grid-cols-1 gap-4">
            <Totals runs={data.runs} age={data.counted_seconds_ago} />
            {data.splits.length > 0 && <MeasureChoice measure={measure ?? 'replied'} onMeasure={onMeasure} />}
            {data.splits.map((split) => (
              <SplitCard key={split.node_id} split={split} />
            ))}
            <FlowTable graph={graph} figures={data.nodes} onSelect={onSelect} />
          </div>
        )}
      </aside>
    </div>
  )
}

/** Where most wait or were lost; the beginning otherwise. */
function busiest({ nodes }: FlowStatistics): string[] | undefined {
  const held = (node: NodeFigures) => node.waiting + node.failed
  const most = nodes.toSorted((one, other) => held(other) - held(one))[0]
  return most && held(most) > 0 ? [most.node_id] : undefined
}

/** Younger figures are as good as of now. */
const OLD_SECONDS = 3

function Totals({ runs, age }: { runs: FlowStatistics['runs']; age: number }) {
  return (
    <section>
      <h2 className="mb-2 font-semibold text-sm">Runs</h2>
      <dl className="grid grid-cols-3 gap-2">
        {[{ key: 'total' as const, label: 'All' }, ...statuses()].map(({ key, label }) => (
          <div key={key} className="rounded-md border px-3 py-2">
            <dt className="text-muted-foreground text-xs">{label}</dt>
            <dd className="tabular font-semibold">{formatNumber(runs[key])}</dd>
          </div>
        ))}
      </dl>
      {age >= OLD_SECONDS && (
        <p className="mt-2 text-muted-foreground text-xs">
          Counted {formatNumber(Math.round(age))} seconds ago; they are being counted anew.
        </p>
      )}
    </section>
  )
}

const statuses = () =>
  (Object.keys(RUN_STATUSES) as (keyof typeof RUN_STATUSES)[]).map((key) => ({ key, label: RUN_STATUSES[key].label }))
