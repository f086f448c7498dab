import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type ModelCall, modelCallQuery, runsOfCallQuery } from '@/api/models'
import { Status } from '@/components/ui/badge'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Facts } from '@/components/ui/misc'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatDateTime, formatMoney, formatNumber, humanize, modelName } from '@/lib/format'
import { purposeName } from '../purposes'
import { standingOf, tokenWords } from './call-words'

const LINK = 'text-primary-text hover:underline'

/** One attempt at a model call: what it took, and what it was made for. */
export function CallSheet({ id, onClose }: { id: number; onClose: () => void }) {
  const query = useQuery(modelCallQuery(id))
  const call = query.data
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        side="right"
        title={`Model call ${id}`}
        description={
          call ? `${modelName(call.model)}, ${formatDateTime(call.created_at)}` : 'One attempt at a model call'
        }
      >
        {query.isPending && <SkeletonLines count={8} />}
        {query.isError && <ErrorState error={query.error} onRetry={query.refetch} />}
        {call && <Details call={call} />}
      </DialogContent>
    </Dialog>
  )
}

function Details({ call }: { call: ModelCall }) {
  const { label, tone } = standingOf(call)
  const facts: [string, ReactNode][] = [
    [
      'How it went',
      <Status key="outcome" tone={tone}>
        {label}
      </Status>,
    ],
    ['For', purposeName(call.purpose)],
    ['Model', <code key="model">{call.model}</code>],
    ['Tokens', tokenWords(call)],
    ['Cost', call.price_known ? formatMoney(call.cost) : 'not known; it counts as free'],
    ['Reserved before', Number(call.reserved) ? formatMoney(call.reserved) : 'nothing: it is free'],
    ['Time', call.state === 'reserved' ? 'still under way' : `${formatNumber(call.milliseconds)} ms`],
  ]
  return (
    <div className="grid gap-5">
      {!call.price_known && (
        <Notice tone="warning">
          Nobody knows this model’s price. State it in OUTRIDER_MODEL_PRICES, so that budgets count it.
        </Notice>
      )}
      {call.state === 'lost' && (
        <Notice tone="warning">
          The process that made this call ended before it could tell what it cost. What was reserved counts as spent.
        </Notice>
      )}
      <Facts items={facts} />
      <section className="grid gap-2">
        <h3 className="font-semibold text-sm">What it was made for</h3>
        <Account call={call} />
      </section>
    </div>
  )
}

function Account({ call }: { call: ModelCall }) {
  const runs = useQuery({ ...runsOfCallQuery(call.run_id ?? ''), enabled: call.run_id !== null })
  const facts: [string, ReactNode][] = []
  if (call.campaign_id !== null) {
    facts.push([
      'Campaign',
      <Link key="campaign" to="/campaigns/$campaignId" params={{ campaignId: call.campaign_id }} className={LINK}>
        Campaign {call.campaign_id}
      </Link>,
    ])
  }
  if (call.conversation_id !== null) {
    facts.push([
      'Conversation',
      <Link
        key="conversation"
        to="/conversations"
        search={{ view: 'all', status: 'any', thread: call.conversation_id }}
        className={LINK}
      >
        Conversation {call.conversation_id}
      </Link>,
    ])
  }
  if (call.lead_id !== null) {
    facts.push([
      'Lead',
      <Link key="lead" to="/leads/$leadId" params={{ leadId: call.lead_id }} className={LINK}>
        Lead {call.lead_id}
      </Link>,
    ])
  }
  for (const run of runs.data ?? []) {
    facts.push([
      'Run',
      <Link
        key={run.id}
        to="/agents/$agentKey"
        params={{ agentKey: agentKeyOf(run) }}
        search={{ tab: 'runs', run: run.id }}
        className={LINK}
      >
        Run {run.id} of the {humanize(run.agent_type).toLowerCase()} agent
      </Link>,
    ])
  }
  if (call.trace_id) facts.push(['Trace in LangSmith', <code key="trace">{call.trace_id}</code>])
  if (facts.length === 0) {
    return (
      <p className="text-[13px] text-muted-foreground">
        {runs.isFetching
          ? 'Looking for the run …'
          : 'No campaign, conversation or run: a test of the model, or a trial.'}
      </p>
    )
  }
  return <Facts items={facts} />
}

/** Runs are shown with their agent; a drafted answer is the work of the conversation's agent. */
const agentKeyOf = (run: { agent_id: number | null; agent_type: string }): string =>
  run.agent_id !== null ? String(run.agent_id) : run.agent_type === 'suggestion' ? 'conversation' : run.agent_type
