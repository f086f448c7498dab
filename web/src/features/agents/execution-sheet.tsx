import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { executionQuery } from '@/api/agent-runs'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Facts } from '@/components/ui/misc'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatDateTime, formatMoney, formatNumber, modelName } from '@/lib/format'
import { Fold, Json } from './run-details'
import { purposeLabel, typeLabel } from './words'

/** One run: what the agent was given, what it answered, what that took. */
export function ExecutionSheet({ id, onClose }: { id: number; onClose: () => void }) {
  const query = useQuery(executionQuery(id))
  const run = query.data
  const said = run?.output_data.text
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        side="right"
        title={`Run ${id}`}
        description={run ? `${typeLabel(run.agent_type)}, ${formatDateTime(run.executed_at)}` : 'One run of an agent'}
      >
        {query.isPending && <SkeletonLines count={8} />}
        {query.isError && <ErrorState error={query.error} onRetry={query.refetch} />}
        {run && (
          <div className="grid gap-4">
            {run.error && <Notice tone={run.success ? 'info' : 'danger'}>{run.error}</Notice>}
            {typeof said === 'string' && said && (
              <p className="whitespace-pre-wrap rounded-lg bg-primary-soft px-3 py-2 text-primary-text text-sm">
                {said}
              </p>
            )}
            <Facts
              items={[
                ['For', run.purpose === 'invoke' ? 'Tried out; nothing was sent' : purposeLabel(run.purpose)],
                ...(run.run_id !== null
                  ? [['Run', <RunLink key="run" id={run.run_id} node={run.node_id} />] as [string, React.ReactNode]]
                  : []),
                ['Time', `${formatNumber(run.processing_time_ms)} ms`],
                ['Tokens', `${formatNumber(run.input_tokens)} in, ${formatNumber(run.output_tokens)} out`],
                ['Cost', formatMoney(run.cost)],
                ['Model', run.model ? modelName(run.model) : 'None was asked'],
                ...(run.lead_id !== null
                  ? [['Lead', <LeadLink key="lead" id={run.lead_id} />] as [string, React.ReactNode]]
                  : []),
                ['Trace', <code key="trace">{run.trace_id}</code>],
              ]}
            />
            <div className="grid gap-1">
              <Fold label="What it was given">
                <Json value={run.input_data} />
              </Fold>
              <Fold label="What it answered">
                <Json value={run.output_data} />
              </Fold>
            </div>
          </div>
        )}
      </DialogContent>
    </Dialog>
  )
}

const RunLink = ({ id, node }: { id: number; node: string | null }) => (
  <>
    <Link to="/runs/$runId" params={{ runId: id }} className="text-primary-text hover:underline">
      Run {id} of a workflow
    </Link>
    {node && `, step ${node}`}
  </>
)

const LeadLink = ({ id }: { id: number }) => (
  <Link to="/leads/$leadId" params={{ leadId: id }} className="text-primary-text hover:underline">
    Lead {id}
  </Link>
)
