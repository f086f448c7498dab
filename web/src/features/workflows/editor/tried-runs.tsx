import type { TriedRun } from '@/api/workflow-drafts'
import { Status, type Tone } from '@/components/ui/badge'
import { Notice } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatMoney, formatNumber, humanize } from '@/lib/format'
import { nodeOf, type Specifications } from './document'
import { Section } from './step-policy'
import { useDoc } from './store'
import { titleOf } from './titles'
import { StepResult, TriedTexts } from './tried'
import { milliseconds } from './tried-words'
import { triedTotals, triedVisits } from './trying'

interface TriedRunsProps {
  runs: TriedRun[]
  shown: TriedRun | undefined
  specifications: Specifications
  onShow: (run: TriedRun | undefined) => void
  onStep: (nodeId: string) => void
}

const TONES: Record<string, Tone> = { completed: 'success', failed: 'danger', waiting: 'warning', stopped: 'neutral' }

/** The runs of a dry run; the chosen one is drawn on the canvas. */
export function TriedRuns({ runs, shown, specifications, onShow, onStep }: TriedRunsProps) {
  return (
    <>
      {runs.length > 1 && <p className="tabular mb-2 text-[13px] text-muted-foreground">{triedTotals(runs)}</p>}
      <ul className="grid gap-2" aria-label="Runs">
        {runs.map((run) => {
          const isShown = run === shown
          return (
            <li key={run.lead_id} className={cn('rounded-lg border', isShown && 'border-primary')}>
              <button
                type="button"
                aria-expanded={isShown}
                className="flex w-full items-center gap-2 rounded-lg px-3 py-2 text-left text-[13px] hover:bg-accent"
                onClick={() => onShow(isShown ? undefined : run)}
              >
                <span className="min-w-0 flex-1 truncate font-medium">{run.lead_name || `Lead ${run.lead_id}`}</span>
                <span className="tabular text-muted-foreground text-xs">{formatMoney(run.cost)}</span>
                <Status tone={TONES[run.status] ?? 'neutral'}>{humanize(run.status)}</Status>
              </button>
              {isShown && <RunDetails run={run} specifications={specifications} onStep={onStep} />}
            </li>
          )
        })}
      </ul>
    </>
  )
}

interface RunDetailsProps {
  run: TriedRun
  specifications: Specifications
  onStep: (nodeId: string) => void
}

function RunDetails({ run, specifications, onStep }: RunDetailsProps) {
  const doc = useDoc()
  const called = (id: string) => {
    const node = nodeOf(doc, id)
    return node ? titleOf(node, specifications.get(node.type)) : humanize(id)
  }
  // The texts are shown as such already.
  const intents = run.intents.filter((intent) => intent.kind !== 'send_text')
  return (
    <div className="grid grid-cols-1 gap-3 border-t p-3">
      {run.error && <Notice tone="danger">{run.error}</Notice>}
      <TriedTexts texts={run.texts} />
      {intents.length > 0 && (
        <ul className="grid gap-1 text-[13px]" aria-label="What would be done">
          {intents.map((intent, index) => (
            <li key={index}>Would happen: {intent.title || humanize(intent.kind)}</li>
          ))}
        </ul>
      )}
      <p className="tabular text-muted-foreground text-xs">
        {formatNumber(run.tokens)} tokens, {formatMoney(run.cost)}
      </p>
      <ol className="grid gap-1">
        {triedVisits(run).map((step, index) => (
          <li key={step.seq}>
            <Section title={`${index + 1}. ${called(step.node_id)} · ${milliseconds(step.ms)}`}>
              <StepResult step={step} />
              <button
                type="button"
                className="w-fit text-[13px] text-primary-text underline-offset-4 hover:underline"
                onClick={() => onStep(step.node_id)}
              >
                Show the step
              </button>
            </Section>
          </li>
        ))}
      </ol>
    </div>
  )
}
