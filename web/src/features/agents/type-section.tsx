import type { Agent, AgentStatus, BuiltInAgent } from '@/api/agents'
import type { Campaign } from '@/api/campaigns'
import { Status } from '@/components/ui/badge'
import { cn } from '@/lib/cn'
import { formatNumber, formatPercent, modelName } from '@/lib/format'
import { AgentCard } from './agent-card'
import { BuiltInCard } from './built-in-card'
import { health, type TYPES } from './words'

interface TypeSectionProps {
  known: (typeof TYPES)[number]
  shipped: BuiltInAgent | undefined
  agents: Agent[]
  status: AgentStatus | undefined
  uses: Map<number, Campaign[]>
}

/** One kind of work: how it goes, and who can do it. */
export function TypeSection({ known, shipped, agents, status, uses }: TypeSectionProps) {
  const state = status && health(status)
  return (
    <section aria-labelledby={`type-${known.type}`} className={cn('min-w-0', agents.length > 0 && 'xl:col-span-2')}>
      <header className="mb-2 flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 id={`type-${known.type}`} className="font-semibold text-[15px]">
          {known.label}
        </h2>
        {state && <Status tone={state.tone}>{state.word}</Status>}
        <p className="text-[13px] text-muted-foreground">{known.work}</p>
        {status && (
          <p className="basis-full text-[13px] text-muted-foreground">
            <Figures status={status} />
          </p>
        )}
      </header>
      {status?.model_problem && <p className="mb-2 text-[13px] text-danger-text">{status.model_problem}</p>}
      <ul className={cn('grid gap-3', agents.length > 0 && 'md:grid-cols-2 2xl:grid-cols-3')}>
        {shipped && (
          <li>
            <BuiltInCard agent={shipped} standIn={agents.find((agent) => agent.id === shipped.replaced_by)} />
          </li>
        )}
        {agents.map((agent) => (
          <li key={agent.id}>
            <AgentCard agent={agent} uses={uses.get(agent.id) ?? []} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function Figures({ status }: { status: AgentStatus }) {
  const goal = `goal ${formatNumber(status.goal_ms)} ms`
  const isSlow = status.p95_ms != null && status.p95_ms > status.goal_ms
  if (status.runs === 0) {
    return (
      <span>
        {modelName(status.model)} · no runs in 24 hours · {goal}
      </span>
    )
  }
  return (
    <span className="tabular">
      {modelName(status.model)} · {formatNumber(status.runs)} runs ·{' '}
      {formatPercent((status.success_rate ?? 0) * 100, 0)} well · half within {formatNumber(status.p50_ms)} ms, 95 %
      within <span className={isSlow ? 'text-warning-text' : undefined}>{formatNumber(status.p95_ms)} ms</span> · {goal}
      {status.within_goal != null && `, met by ${formatPercent(status.within_goal * 100, 0)}`}
    </span>
  )
}
