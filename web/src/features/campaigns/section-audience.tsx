import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Audience, listChoicesQuery } from '@/api/campaign-trials'
import { useUnassignLeads } from '@/api/campaigns'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { SwitchField } from '@/components/ui/switch-field'
import { Checkbox } from '@/components/ui/toggles'
import { formatNumber, plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { AudienceCounts } from './audience-counts'
import { AudienceFilter } from './audience-filter'
import { LeadPicker } from './lead-picker'
import type { SectionProps } from './section-props'

export function AudienceSection({ campaign, form, isLocked }: SectionProps) {
  const { draft, problems, set } = form
  const locked = isLocked('audience')
  const change = (part: Partial<Audience>) => set({ audience: { ...draft.audience, ...part } })
  return (
    <div className="grid gap-6 xl:grid-cols-[1fr_20rem]">
      <div className="grid min-w-0 gap-6">
        {problems.audience && <Notice tone="danger">{problems.audience}</Notice>}
        {locked && <Notice>The audience is fixed once a campaign was started. Duplicate it to reach others.</Notice>}
        <Lists chosen={draft.audience.list_ids ?? []} isLocked={locked} onChange={(list_ids) => change({ list_ids })} />
        <AudienceFilter
          filter={draft.audience.filter ?? null}
          isLocked={locked}
          onChange={(filter) => change({ filter })}
        />
        <LeadPicker
          ids={draft.audience.lead_ids ?? []}
          isLocked={locked}
          onChange={(lead_ids) => change({ lead_ids })}
        />
        {campaign.status === 'draft' && campaign.stats.total_leads > 0 && <Assigned campaign={campaign} />}
        <SwitchField
          label="Only leads who agreed to texts"
          checked={draft.require_consent}
          disabled={isLocked('require_consent')}
          onCheckedChange={(require_consent) => set({ require_consent })}
        >
          {draft.require_consent
            ? 'Leads without express or written consent on record are left out.'
            : 'Marketing texts without consent are unlawful in most places. Be sure that you may send these.'}
        </SwitchField>
      </div>
      <AudienceCounts campaign={campaign} audience={draft.audience} requireConsent={draft.require_consent} />
    </div>
  )
}

interface ListsProps {
  chosen: number[]
  isLocked: boolean
  onChange: (ids: number[]) => void
}

function Lists({ chosen, isLocked, onChange }: ListsProps) {
  const lists = useQuery(listChoicesQuery())
  const toggle = (id: number) =>
    onChange(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id])
  return (
    <fieldset disabled={isLocked} className="grid gap-2">
      <legend className="mb-1.5 font-medium text-[13px]">Lists</legend>
      {lists.error ? (
        <ErrorState error={lists.error} onRetry={lists.refetch} className="py-6" />
      ) : !lists.data ? (
        <SkeletonLines />
      ) : lists.data.length === 0 ? (
        <EmptyState
          title="No lists yet"
          className="rounded-lg border border-dashed py-6"
          actions={
            <Button asChild>
              <Link to="/leads/import">Import leads</Link>
            </Button>
          }
        >
          An import puts its leads on a list. You can also choose leads by a filter or one by one.
        </EmptyState>
      ) : (
        <ul className="grid max-h-72 gap-1.5 overflow-y-auto sm:grid-cols-2">
          {lists.data.map((list) => (
            <li key={list.id}>
              <label
                htmlFor={`list-${list.id}`}
                className="flex h-full items-center gap-3 rounded-md border px-3 py-2 text-sm has-data-[state=checked]:border-primary has-data-[state=checked]:bg-primary-soft"
              >
                <Checkbox
                  id={`list-${list.id}`}
                  checked={chosen.includes(list.id)}
                  disabled={isLocked}
                  onCheckedChange={() => toggle(list.id)}
                />
                <span className="min-w-0 flex-1 truncate">{list.name}</span>
                <span className="tabular text-[13px] text-muted-foreground">{formatNumber(list.lead_count)}</span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  )
}

/** Leads that were put into the campaign from elsewhere, as from the list of leads. */
function Assigned({ campaign }: { campaign: SectionProps['campaign'] }) {
  const unassign = useUnassignLeads(campaign.id)
  return (
    <Notice
      actions={
        <Button
          size="sm"
          isBusy={unassign.isPending}
          onClick={() => unassign.mutate(undefined, { onError: toastProblem })}
        >
          Take them out
        </Button>
      }
    >
      {plural(campaign.stats.total_leads, 'lead')} {campaign.stats.total_leads === 1 ? 'was' : 'were'} put into this
      campaign directly and {campaign.stats.total_leads === 1 ? 'is' : 'are'} reached besides.
    </Notice>
  )
}
