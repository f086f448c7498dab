import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Preflight } from '@/api/campaigns'
import { sendersQuery } from '@/api/senders'
import { Badge } from '@/components/ui/badge'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Progress } from '@/components/ui/progress'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { Checkbox } from '@/components/ui/toggles'
import { formatDuration, formatMoney, formatNumber, formatPhone } from '@/lib/format'
import type { SectionProps } from './section-props'

export function BudgetSection({ form, isLocked, preflight }: SectionProps & { preflight: Preflight | undefined }) {
  const { draft, problems, set } = form
  const senders = useQuery(sendersQuery())
  const toggle = (id: number) =>
    set({
      sender_ids: draft.sender_ids.includes(id)
        ? draft.sender_ids.filter((other) => other !== id)
        : [...draft.sender_ids, id],
    })
  return (
    <div className="grid gap-6">
      <div className="grid gap-3">
        <Field
          label="Budget in US dollars"
          error={problems.budget}
          hint="For texts and models together. Leads beyond it are skipped, never half-sent. Empty means no limit."
        >
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              className="max-w-40"
              placeholder="No limit"
              disabled={isLocked('budget')}
              value={draft.budget === null ? '' : plainAmount(draft.budget)}
              onChange={(event) => set({ budget: event.target.value.trim().replace(',', '.') || null })}
            />
          )}
        </Field>
        {preflight && <Estimate preflight={preflight} />}
      </div>
      <fieldset disabled={isLocked('sender_ids')} className="grid gap-2">
        <legend className="font-medium text-[13px]">Senders</legend>
        <p className="text-[13px] text-muted-foreground">
          {draft.sender_ids.length === 0
            ? 'Every enabled sender carries a part. Choose some to use only these.'
            : 'Only the chosen ones are used. A lead always hears from the same sender.'}
        </p>
        {senders.error ? (
          <ErrorState error={senders.error} onRetry={senders.refetch} />
        ) : !senders.data ? (
          <SkeletonLines />
        ) : senders.data.length === 0 ? (
          <EmptyState title="No senders yet" className="py-6">
            Texts need a number to leave from. Add one in the{' '}
            <Link to="/settings" className="text-primary-text underline underline-offset-4">
              settings
            </Link>
            .
          </EmptyState>
        ) : (
          <ul className="grid gap-1.5">
            {senders.data.map((sender) => (
              <li key={sender.id}>
                <label
                  className="flex items-center gap-3 rounded-md border px-3 py-2 text-sm"
                  htmlFor={`sender-${sender.id}`}
                >
                  <Checkbox
                    id={`sender-${sender.id}`}
                    checked={draft.sender_ids.includes(sender.id)}
                    disabled={isLocked('sender_ids')}
                    onCheckedChange={() => toggle(sender.id)}
                  />
                  <span className="min-w-0 flex-1 truncate">
                    {sender.label && <span className="font-medium">{sender.label} </span>}
                    <span className="tabular">{formatPhone(sender.address)}</span>
                  </span>
                  {!sender.enabled && <Badge tone="danger">Not enabled</Badge>}
                  <span className="tabular text-[13px] text-muted-foreground">
                    {formatNumber(sender.segments_per_second)} segments/s
                  </span>
                </label>
              </li>
            ))}
          </ul>
        )}
      </fieldset>
      {preflight && (
        <p className="text-[13px] text-muted-foreground">
          Together they carry {formatNumber(preflight.segments_per_second)} segments per second:{' '}
          {preflight.timing.seconds == null
            ? 'sending takes longer than can be estimated.'
            : `sending takes about ${formatDuration(preflight.timing.seconds)}, with waiting for the hours.`}
        </p>
      )}
    </div>
  )
}

/** `25.0000`, as it is stored, is `25` to whoever types. */
const plainAmount = (amount: string): string => (/\.\d{3,}$/.test(amount) ? String(Number(amount)) : amount)

function Estimate({ preflight }: { preflight: Preflight }) {
  const { total, budget } = preflight.cost
  if (!budget) {
    return <p className="text-[13px] text-muted-foreground">The estimated cost is {formatMoney(total)}.</p>
  }
  const share = (Number(total) / Number(budget)) * 100
  return (
    <div className="grid max-w-md gap-1.5">
      <Progress label="Estimated cost of the budget" value={share} tone={share > 100 ? 'danger' : 'primary'} />
      <p className="tabular text-[13px] text-muted-foreground">
        {formatMoney(total)} estimated of {formatMoney(budget)}
      </p>
    </div>
  )
}
