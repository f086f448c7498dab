import type { ReactNode } from 'react'
import type { ModelCall, ToolUse } from '@/api/agent-runs'
import type { Schemas } from '@/api/client'
import { Badge } from '@/components/ui/badge'
import { TierBadge } from '@/components/ui/tier-badge'
import { formatMoney, formatNumber, humanize, modelName } from '@/lib/format'
import type { Run } from './run'

type Factors = Schemas['QualificationFactors']

/** What is behind an answer, folded. */
export function RunDetails({ run }: { run: Run }) {
  const { result } = run
  const factors = result?.qualification_factors ?? result?.qualification?.factors
  const findings = Object.values(factors?.findings ?? {})
  const tools = result?.tool_uses.length ? result.tool_uses : run.tools
  return (
    <div className="grid gap-1">
      {result?.result && (
        <Fold label="Result" isOpen>
          <Json value={result.result} />
        </Fold>
      )}
      {(findings.length > 0 || result?.qualification) && (
        <Fold label={`Findings (${findings.length})`}>
          {result?.qualification && (
            <p className="mb-2 flex flex-wrap items-center gap-2">
              <TierBadge tier={result.qualification.tier} />
              <span className="tabular font-medium">{result.qualification.score} of 100</span>
              <span className="text-muted-foreground">{result.qualification.reasoning}</span>
            </p>
          )}
          {factors && <Findings factors={factors} />}
        </Fold>
      )}
      {result && result.intents.length > 0 && (
        <Fold label={`Intents, not carried out (${result.intents.length})`}>
          <ul className="grid gap-2">
            {result.intents.map((intent, place) => (
              <li key={place}>
                <Badge tone="warning">{humanize(intent.kind)}</Badge>
                <Json value={Object.fromEntries(Object.entries(intent).filter(([name]) => name !== 'kind'))} />
              </li>
            ))}
          </ul>
        </Fold>
      )}
      {tools.length > 0 && (
        <Fold label={`Tools (${tools.length})`}>
          <Tools uses={tools} />
        </Fold>
      )}
      {run.calls.length > 0 && (
        <Fold label={`Model calls (${run.calls.length})`}>
          <Calls calls={run.calls} />
        </Fold>
      )}
      {run.prompt && (
        <Fold label="Prompt">
          <p className="whitespace-pre-wrap">{run.prompt}</p>
        </Fold>
      )}
    </div>
  )
}

export function Fold({ label, isOpen, children }: { label: string; isOpen?: boolean; children: ReactNode }) {
  return (
    <details open={isOpen} className="rounded-md border bg-surface text-xs">
      <summary className="cursor-pointer rounded-md px-2.5 py-1.5 font-medium hover:bg-accent">{label}</summary>
      <div className="overflow-x-auto border-t px-2.5 py-2 leading-relaxed">{children}</div>
    </details>
  )
}

export function Findings({ factors }: { factors: Factors }) {
  return (
    <ul className="grid gap-2">
      {Object.values(factors.findings ?? {}).map((finding) => (
        <li key={finding.factor}>
          <p>
            <span className="font-medium">{humanize(finding.factor)}</span>{' '}
            <Badge tone={finding.strength > 0.2 ? 'success' : finding.strength < -0.2 ? 'danger' : 'neutral'}>
              {finding.strength > 0 ? '+' : ''}
              {finding.strength.toFixed(1)}
            </Badge>{' '}
            {finding.summary}
          </p>
          <blockquote className="mt-0.5 border-l-2 pl-2 text-muted-foreground">“{finding.quote}”</blockquote>
        </li>
      ))}
    </ul>
  )
}

export function Tools({ uses }: { uses: ToolUse[] }) {
  return (
    <ul className="grid gap-2.5">
      {uses.map((use, place) => (
        <li key={place}>
          <p className="flex flex-wrap items-center gap-2">
            <code className="font-medium">{use.name}</code>
            <span className="tabular text-muted-foreground">{formatNumber(use.milliseconds)} ms</span>
            {use.refused && <Badge tone="danger">refused</Badge>}
          </p>
          {Object.keys(use.arguments).length > 0 && <Json value={use.arguments} />}
          <p className="whitespace-pre-wrap break-words text-muted-foreground">{use.refused || use.result}</p>
        </li>
      ))}
    </ul>
  )
}

export function Calls({ calls }: { calls: ModelCall[] }) {
  return (
    <ul className="tabular grid gap-1">
      {calls.map((call, place) => (
        <li key={place} className="flex flex-wrap gap-x-2">
          <span className="font-medium">{humanize(call.purpose)}</span>
          <span>{modelName(call.model)}</span>
          <span className="text-muted-foreground">
            {formatNumber(call.input_tokens)} in, {formatNumber(call.output_tokens)} out · {formatMoney(call.cost)} ·{' '}
            {formatNumber(call.milliseconds)} ms{call.from_cache ? ' · from the cache' : ''}
          </span>
        </li>
      ))}
    </ul>
  )
}

export function Json({ value }: { value: unknown }) {
  return <pre className="whitespace-pre-wrap break-words text-xs">{JSON.stringify(value, null, 2)}</pre>
}
