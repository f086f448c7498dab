import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { Field } from '@/components/ui/field'
import { NativeSelect } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { Switch } from '@/components/ui/toggles'
import type { ChangeSearch, InboxSearch } from './use-inbox'

export const STATUSES = { open: 'Open', snoozed: 'Snoozed', resolved: 'Resolved', any: 'Any status' }

/** Narrowing the list by status, campaign, who answers, and whether the lead ever wrote. */
export function InboxFilters({ search, change }: { search: InboxSearch; change: ChangeSearch }) {
  const campaigns = useQuery(campaignUsesQuery()).data ?? []
  const everyone = useId()
  const unknown = useId()
  const isListed = campaigns.some((campaign) => campaign.id === search.campaign_id)
  return (
    <div className="grid gap-3">
      <Field label="Status">
        {(control) => (
          <NativeSelect
            {...control}
            value={search.status ?? 'open'}
            onChange={({ target }) =>
              change({ status: target.value === 'open' ? undefined : (target.value as InboxSearch['status']) })
            }
          >
            {Object.entries(STATUSES).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label="Campaign">
        {(control) => (
          <NativeSelect
            {...control}
            value={search.campaign_id ?? ''}
            onChange={({ target }) => change({ campaign_id: target.value ? Number(target.value) : undefined })}
          >
            <option value="">All campaigns</option>
            {search.campaign_id && !isListed && (
              <option value={search.campaign_id}>Campaign {search.campaign_id}</option>
            )}
            {campaigns.map((campaign) => (
              <option key={campaign.id} value={campaign.id}>
                {campaign.name}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label="Who answers">
        {(control) => (
          <NativeSelect
            {...control}
            value={search.handled_by ?? ''}
            onChange={({ target }) => change({ handled_by: (target.value || undefined) as InboxSearch['handled_by'] })}
          >
            <option value="">Agent or person</option>
            <option value="agent">The agent</option>
            <option value="person">A person</option>
          </NativeSelect>
        )}
      </Field>
      <div className="flex items-center justify-between gap-3">
        <Label htmlFor={unknown}>Only where a text may not have left</Label>
        <Switch
          id={unknown}
          checked={search.unknown ?? false}
          onCheckedChange={(isOn) => change({ unknown: isOn || undefined })}
        />
      </div>
      <div className="flex items-center justify-between gap-3">
        <Label htmlFor={everyone}>Also leads who have not written</Label>
        <Switch
          id={everyone}
          checked={search.everyone ?? false}
          onCheckedChange={(isOn) => change({ everyone: isOn || undefined })}
        />
      </div>
    </div>
  )
}
