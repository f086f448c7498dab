import { LoaderCircle } from 'lucide-react'
import { Notice } from '@/components/ui/states'
import { formatMoney, formatNumber, modelName, plural } from '@/lib/format'
import type { Turn } from './run'
import { RunDetails } from './run-details'

/** One turn: what the lead wrote, what the agent answers as it writes it, and what that took. */
export function RunView({ turn }: { turn: Turn }) {
  const { heard, run } = turn
  const { result } = run
  return (
    <article className="grid gap-2" aria-label="Turn">
      {heard && (
        <p className="max-w-[85%] justify-self-start whitespace-pre-wrap rounded-lg rounded-bl-sm border bg-surface px-3 py-2 text-sm">
          {heard}
        </p>
      )}
      {run.restarted && (
        <p className="text-warning-text text-xs">The model broke off ({run.restarted}); another one began anew.</p>
      )}
      {run.text && (
        <p className="max-w-[85%] justify-self-end whitespace-pre-wrap rounded-lg rounded-br-sm bg-primary-soft px-3 py-2 text-primary-text text-sm">
          {run.text}
        </p>
      )}
      {run.isRunning && (
        <p className="flex items-center gap-1.5 text-muted-foreground text-xs" role="status">
          <LoaderCircle className="size-3.5 animate-spin" aria-hidden /> {run.calls.length ? 'Working on' : 'Thinking'}{' '}
          …
        </p>
      )}
      {run.problem && (
        <Notice tone="danger">
          <span role="alert">
            <strong>{run.problem.title}.</strong> {run.problem.detail} {run.problem.remedy}
          </span>
        </Notice>
      )}
      {result && !result.text && !result.result && (
        <p className="text-[13px] text-muted-foreground">It says nothing. {result.reason}</p>
      )}
      {result?.person_reason && (
        <Notice tone="warning">A person would take over: {result.reason || result.person_reason}</Notice>
      )}
      {result && (
        <p className="tabular text-muted-foreground text-xs">
          {modelName(result.model ?? run.model)} · {formatNumber(result.processing_time * 1000)} ms ·{' '}
          {formatNumber(result.cost.input_tokens + result.cost.output_tokens)} tokens · {formatMoney(result.cost.cost)}{' '}
          · {plural(result.cost.model_calls, 'model call')}
        </p>
      )}
      {(result || run.tools.length > 0 || run.prompt) && <RunDetails run={run} />}
    </article>
  )
}
