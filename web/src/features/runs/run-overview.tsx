import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { RunDetail } from '@/api/runs'
import { Transcript } from '@/components/conversation/conversation-viewer'
import { formatStepTime } from '@/components/conversation/step-time'
import { RunApprovalCard } from '@/components/runs/run-approval-card'
import { lastedWords, stopWords } from '@/components/runs/words'
import { Facts } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { formatDateTime, formatMoney, formatNumber, modelName } from '@/lib/format'
import { EffectList } from './effect-list'
import { IntentList } from './intent-list'
import type { Names } from './names'
import { ReplayList } from './replay-list'
import { StepList } from './step-list'
import { TextList } from './text-list'
import type { Visit } from './visits'
import { WaitNotice } from './wait-notice'

interface RunOverviewProps {
  run: RunDetail
  visits: Visit[]
  names: Names
  onSelect: (visit: Visit) => void
}

/** A run as a whole: what it waits for, its steps, texts and effects, and what it took. */
export function RunOverview({ run, visits, names, onSelect }: RunOverviewProps) {
  const asked = run.approvals.filter((approval) => approval.status === 'waiting')
  const unsure = run.effects.filter((effect) => effect.state === 'unknown')
  const effects = run.effects.filter((effect) => effect.state !== 'unknown')
  return (
    <div className="grid grid-cols-1 gap-5">
      <h2 className="sr-only">The run</h2>
      {run.status === 'failed' && (
        <Notice tone="danger">
          {run.error_node && <strong className="font-medium">{names.of(run.error_node).label}: </strong>}
          {run.error ?? 'It failed.'}
        </Notice>
      )}
      {run.stop_reason && <Notice tone="info">{stopWords(run.stop_reason)}</Notice>}
      {run.waits.map((wait) => (
        <WaitNotice key={wait.id} wait={wait} run={run} at={names.of(wait.node_id).label} />
      ))}
      {asked.map((approval) => (
        <RunApprovalCard key={approval.id} approval={approval} isWithinRun />
      ))}
      {unsure.length > 0 && (
        <Part title="Did this happen?">
          <EffectList effects={unsure} run={run} />
        </Part>
      )}
      <Part title="Steps">
        <StepList run={run} visits={visits} names={names} onSelect={onSelect} />
      </Part>
      {run.texts.length > 0 && (
        <Part title="Texts">
          <TextList texts={run.texts} />
        </Part>
      )}
      {effects.length > 0 && (
        <Part title="Done outside">
          <EffectList effects={effects} run={run} />
        </Part>
      )}
      {run.intents.length > 0 && (
        <Part title="Would happen">
          <IntentList intents={run.intents} />
        </Part>
      )}
      <Transcript lines={run.transcript} />
      <Part title="In total">
        <Facts items={totalsOf(run, visits.length)} />
      </Part>
      <ReplayList run={run} names={names} />
    </div>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-2 font-semibold text-sm">{title}</h3>
      {children}
    </section>
  )
}

function totalsOf(run: RunDetail, steps: number): [string, ReactNode][] {
  const texts = run.texts.reduce((sum, text) => sum + Number(text.price ?? text.estimated_cost), 0)
  const facts: ([string, ReactNode] | false)[] = [
    ['Began', formatDateTime(run.started_at)],
    run.finished_at !== null && ['Ended', formatDateTime(run.finished_at)],
    ['Lasted', lastedWords(run)],
    ['At work', formatStepTime(run.seconds * 1000)],
    ['Steps', formatNumber(steps)],
    ['Tokens', `${formatNumber(run.input_tokens)} read, ${formatNumber(run.output_tokens)} written`],
    ['Model calls', `${formatMoney(run.cost)}${run.model ? ` · ${modelName(run.model)}` : ''}`],
    texts > 0 && ['Texts', formatMoney(texts)],
    run.attempt > 1 && ['Attempt', formatNumber(run.attempt)],
    run.campaign_id !== null && [
      'Campaign',
      <Link
        key="campaign"
        to="/campaigns/$campaignId"
        params={{ campaignId: run.campaign_id }}
        className="text-primary-text underline underline-offset-4"
      >
        {run.campaign_name ?? `Campaign ${run.campaign_id}`}
      </Link>,
    ],
    run.workflow_id !== null && [
      'Workflow',
      <Link
        key="workflow"
        to="/workflows/$workflowId"
        params={{ workflowId: run.workflow_id }}
        search={{ version: run.workflow_version ?? undefined }}
        className="text-primary-text underline underline-offset-4"
      >
        {run.workflow_name}, version {run.workflow_version}
      </Link>,
    ],
    [
      'Trace',
      <code key="trace" className="break-all text-xs">
        {run.trace_id}
      </code>,
    ],
  ]
  return facts.filter((fact) => fact !== false)
}
