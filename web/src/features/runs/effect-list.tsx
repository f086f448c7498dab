import type { RunDetail, RunEffect } from '@/api/runs'
import { EFFECT_STATES, effectLabel } from '@/components/runs/words'
import { Status } from '@/components/ui/badge'
import { formatDateTime, plural } from '@/lib/format'
import { SettleEffect } from './settle-effect'

/** What the other side said: its HTTP status, or in words. */
function answerWords({ result }: RunEffect): string {
  const status = result?.status_code ?? result?.status
  return status == null ? '' : `answered ${status}`
}

/** Where it goes, unless its title says so already. */
const addressOf = ({ payload, title }: RunEffect): string => {
  const address = payload.url ?? payload.address
  return typeof address === 'string' && !title?.includes(address) ? address : ''
}

/** What a run had others do, and what became of it. */
export function EffectList({ effects, run }: { effects: RunEffect[]; run: RunDetail }) {
  return (
    <ul className="grid gap-2">
      {effects.map((effect) => {
        const state = EFFECT_STATES[effect.state]
        const facts = [
          answerWords(effect),
          effect.attempts > 1 && plural(effect.attempts, 'attempt'),
          effect.finished_at ? formatDateTime(effect.finished_at) : '',
          effect.state === 'queued' && effect.attempts > 0 && effect.due_at && `again ${formatDateTime(effect.due_at)}`,
          effect.decided_by && `decided by ${effect.decided_by}`,
        ].filter(Boolean)
        return (
          <li key={effect.id} className="rounded-md border px-3 py-2 text-[13px]">
            <p className="flex flex-wrap items-center gap-2">
              <span className="min-w-0 break-words font-medium">{effect.title || effectLabel(effect.kind)}</span>
              <Status tone={state.tone}>{state.label}</Status>
            </p>
            {addressOf(effect) && <p className="mt-0.5 break-all text-xs">{addressOf(effect)}</p>}
            {facts.length > 0 && <p className="tabular mt-0.5 text-muted-foreground text-xs">{facts.join(' · ')}</p>}
            {effect.error && <p className="mt-0.5 break-words text-danger-text">{effect.error}</p>}
            {state.words && <p className="mt-0.5 text-muted-foreground text-xs">{state.words}</p>}
            {effect.state === 'unknown' && <SettleEffect effect={effect} run={run} />}
          </li>
        )
      })}
    </ul>
  )
}
