import { RotateCcw, X } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RunDetail } from '@/api/runs'
import { Transcript } from '@/components/conversation/conversation-viewer'
import { formatStepTime } from '@/components/conversation/step-time'
import { RunApprovalCard } from '@/components/runs/run-approval-card'
import { zonedTime } from '@/components/runs/words'
import { Button } from '@/components/ui/button'
import { Facts } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { NodeIcon } from '@/components/workflow-canvas/icons'
import { formatDateTime, formatDuration, formatMoney, formatNumber } from '@/lib/format'
import { EffectList } from './effect-list'
import { IntentList } from './intent-list'
import type { Names } from './names'
import { StepList } from './step-list'
import { TextList } from './text-list'
import { Values } from './values'
import { isBrokenOff, type Visit, waitedSeconds } from './visits'
import { WaitNotice } from './wait-notice'

interface StepDetailsProps {
  run: RunDetail
  path: string
  /** All visits of the run to this step, and the one that is shown. */
  visits: Visit[]
  visit: Visit | undefined
  names: Names
  /** Visits to the steps of the sub-workflow that this step is. */
  within: Visit[]
  onVisit: (visit: number) => void
  onSelect: (visit: Visit) => void
  onClose: () => void
  onReplay: () => void
}

/** Everything about one step of a run. */
export function StepDetails(props: StepDetailsProps) {
  const { run, path, visits, visit, names, within, onVisit, onSelect, onClose, onReplay } = props
  const { label, icon } = names.of(path)
  const node = names.node(path)
  const kind = node?.specification?.label ?? node?.type ?? visit?.step.node_name
  return (
    <section aria-labelledby="step-title" className="grid grid-cols-1 gap-4">
      <header className="flex items-start gap-2.5">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
          <NodeIcon name={icon} className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          <h2 id="step-title" className="break-words font-semibold text-sm">
            {label}
          </h2>
          <p className="break-words text-muted-foreground text-xs">
            {kind} · <code>{path}</code>
          </p>
        </div>
        <Button variant="ghost" size="icon-sm" aria-label="Back to all steps" onClick={onClose}>
          <X />
        </Button>
      </header>
      {visits.length > 1 && visit && (
        <Segmented
          label="Visit"
          value={String(visit.visit)}
          choices={visits.map((one) => ({ value: String(one.visit), label: `Visit ${one.visit}` }))}
          onChange={(chosen) => onVisit(Number(chosen))}
          className="max-w-full flex-wrap"
        />
      )}
      {visit ? (
        <VisitDetails run={run} visit={visit} names={names} onReplay={onReplay} />
      ) : (
        within.length === 0 && <p className="text-[13px] text-muted-foreground">The run did not come to this step.</p>
      )}
      {within.length > 0 && (
        <Part title="Steps within it">
          <StepList run={run} visits={within} names={names} onSelect={onSelect} />
        </Part>
      )}
    </section>
  )
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 font-medium text-[13px]">{title}</h3>
      {children}
    </section>
  )
}

interface VisitDetailsProps {
  run: RunDetail
  visit: Visit
  names: Names
  onReplay: () => void
}

function VisitDetails({ run, visit, names, onReplay }: VisitDetailsProps) {
  const { step, node_id } = visit
  const isHere = <T extends { node_id: string; visit: number }>(one: T) =>
    one.node_id === node_id && one.visit === visit.visit
  const approvals = run.approvals.filter(isHere)
  const effects = run.effects.filter(isHere)
  const texts = run.texts.filter((text) => text.node_id === node_id)
  const intents = run.intents.filter((intent) => intent.node_id === node_id)
  const lines = run.transcript.filter(
    ({ metadata }) => metadata.node_id === node_id && (metadata.visit ?? visit.visit) === visit.visit,
  )
  const warnings = Array.isArray(step.details.warnings) ? step.details.warnings.map(String) : []
  return (
    <>
      {visit.wait && <WaitNotice wait={visit.wait} run={run} />}
      {step.error ? (
        <Notice tone="danger">{step.error}</Notice>
      ) : (
        step.message &&
        !visit.wait &&
        !isBrokenOff(visit, run) &&
        (step.level === 'WARNING' ? (
          <Notice tone="warning">{step.message}</Notice>
        ) : (
          <p className="break-words text-[13px]">{step.message}</p>
        ))
      )}
      {warnings.length > 0 && (
        <Notice tone="warning">
          <ul className="grid gap-1">
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </Notice>
      )}
      {approvals.map((approval) => (
        <RunApprovalCard key={approval.id} approval={approval} isWithinRun />
      ))}
      <Facts items={factsOf(visit, run, names)} />
      {texts.length > 0 && (
        <Part title="Texts">
          <TextList texts={texts} />
        </Part>
      )}
      {effects.length > 0 && (
        <Part title="Done outside">
          <EffectList effects={effects} run={run} />
        </Part>
      )}
      {intents.length > 0 && (
        <Part title="Would happen">
          <IntentList intents={intents} />
        </Part>
      )}
      {/* A step that waited is worked out anew when it goes on; what people saw and decided on is what it paused with. */}
      <Values title="Input" value={(visit.paused ?? step).input} empty="It takes no parameters." />
      <Values
        title="Output"
        value={step.output}
        empty={visit.wait ? 'Nothing yet.' : 'It gives nothing to later steps.'}
      />
      <Transcript lines={lines} />
      <details className="group">
        <summary className="cursor-pointer font-medium text-[13px]">State after it</summary>
        <div className="mt-2">
          <Values
            title="What later steps can read"
            value={step.state}
            empty={step.state ? 'No step has given anything yet.' : 'It is too large to be shown.'}
            nameOf={(path) => names.of(path).label}
          />
        </div>
      </details>
      {run.lead_id !== null && (
        <Button className="w-fit" onClick={onReplay}>
          <RotateCcw /> Replay from this step
        </Button>
      )}
    </>
  )
}

function factsOf(visit: Visit, run: RunDetail, names: Names): [string, ReactNode][] {
  const { paused, left, step } = visit
  const waited = waitedSeconds(visit)
  const sum = (of: 'ms' | 'tokens') => (paused?.[of] ?? 0) + (left?.[of] ?? 0)
  const cost = Number(paused?.cost ?? 0) + Number(left?.cost ?? 0)
  const began = paused ?? step
  const facts: ([string, ReactNode] | false)[] = [
    [
      'When',
      <span key="when" title={`${zonedTime(began.created_at, run.time_zone)} where the lead is`}>
        {formatDateTime(began.created_at)}
      </span>,
    ],
    waited !== null && ['Waited', formatDuration(waited)],
    ['Took', formatStepTime(sum('ms'))],
    left !== null && ['Left by', left.outcome ? names.outcome(visit.node_id, left.outcome) : 'The run ended here'],
    sum('tokens') > 0 && ['Tokens', formatNumber(sum('tokens'))],
    cost > 0 && ['Cost', formatMoney(cost)],
  ]
  return facts.filter((fact) => fact !== false)
}
