import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Users, X } from 'lucide-react'
import {
  type Campaign,
  type CampaignLead,
  type CampaignLeadFilter,
  type CampaignLeadStatus,
  campaignLeadsQuery,
  type SkipReason,
} from '@/api/campaigns'
import { fateOf, holdWords } from '@/components/conversation/delivery'
import { type Column, DataTable } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { Badge, Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { EmptyState } from '@/components/ui/states'
import { formatPhone, formatShortTime } from '@/lib/format'
import { LeadSheet } from './lead-sheet'
import { LEAD_STATUSES, skipWords } from './states'

const route = getRouteApi('/campaigns/$campaignId')

const SKIP_REASONS: SkipReason[] = [
  'suppressed',
  'invalid_number',
  'outside_consent',
  'replied_elsewhere',
  'budget',
  'cancelled',
]

/** Why the lead stands where it does, in words. */
const reasonOf = (lead: CampaignLead): string =>
  lead.error_message ??
  (lead.skip_reason ? skipWords(lead.skip_reason) : (holdWords(lead.hold_reason) ?? ''))

const COLUMNS: Column<CampaignLead>[] = [
  {
    id: 'name',
    header: 'Lead',
    width: 220,
    cell: (lead) => (
      <>
        <span className="font-medium">{lead.name || 'Without a name'}</span>
        {lead.company && <span className="text-muted-foreground"> · {lead.company}</span>}
      </>
    ),
  },
  {
    id: 'phone',
    header: 'Phone',
    width: 150,
    cell: (lead) => <span className="tabular">{formatPhone(lead.phone)}</span>,
  },
  {
    id: 'status',
    header: 'Status',
    width: 120,
    cell: (lead) => <Status tone={LEAD_STATUSES[lead.status].tone}>{LEAD_STATUSES[lead.status].label}</Status>,
  },
  { id: 'delivery', header: 'Delivery', width: 130, cell: (lead) => <Delivery lead={lead} /> },
  { id: 'text', header: 'Text', cell: (lead) => <span title={lead.sms_message ?? ''}>{lead.sms_message}</span> },
  {
    id: 'reply',
    header: 'Reply',
    cell: (lead) => (lead.sms_response ? <span title={lead.sms_response}>{lead.sms_response}</span> : null),
  },
  {
    id: 'reason',
    header: 'Reason',
    cell: (lead) => (
      <span className="text-muted-foreground" title={reasonOf(lead)}>
        {reasonOf(lead)}
      </span>
    ),
  },
  {
    id: 'processed',
    header: 'Worked',
    width: 90,
    cell: (lead) => <span className="text-muted-foreground">{formatShortTime(lead.processed_at)}</span>,
  },
]

function Delivery({ lead }: { lead: CampaignLead }) {
  if (!lead.sms_sent) return null
  const fate = fateOf({ direction: 'out', state: 'sent', delivery_status: lead.delivery_status })
  return fate && <Badge tone={fate.tone}>{fate.label}</Badge>
}

/** Every lead of the campaign with what became of it. */
export function LeadsTab({ campaign }: { campaign: Campaign }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  const set = (change: Partial<typeof search>, replace = true) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace })
  const filter: CampaignLeadFilter = {
    ...(search.status && search.status in LEAD_STATUSES && { status: [search.status as CampaignLeadStatus] }),
    ...(SKIP_REASONS.includes(search.reason as SkipReason) && { skip_reason: [search.reason as SkipReason] }),
    ...(search.replied !== undefined && { replied: search.replied }),
    ...(search.error && { error: search.error }),
  }
  const rows = useRows(useInfiniteQuery(campaignLeadsQuery(campaign.id, filter)))
  const isFiltered = Object.keys(filter).length > 0
  const clear = () => set({ status: undefined, reason: undefined, replied: undefined, error: undefined })
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 pb-3">
        <NativeSelect
          aria-label="Status of the leads"
          className="w-auto"
          value={search.status ?? ''}
          onChange={(event) => set({ status: event.target.value || undefined, reason: undefined, error: undefined })}
        >
          <option value="">Any status</option>
          {Object.entries(LEAD_STATUSES).map(([value, { label }]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </NativeSelect>
        {(search.status === 'skipped' || search.reason) && (
          <NativeSelect
            aria-label="Reason of being skipped"
            className="w-auto max-w-full"
            value={search.reason ?? ''}
            onChange={(event) => set({ reason: event.target.value || undefined })}
          >
            <option value="">For any reason</option>
            {SKIP_REASONS.map((reason) => (
              <option key={reason} value={reason}>
                {skipWords(reason)}
              </option>
            ))}
          </NativeSelect>
        )}
        <NativeSelect
          aria-label="Answer"
          className="w-auto"
          value={search.replied === undefined ? '' : String(search.replied)}
          onChange={(event) => set({ replied: event.target.value === '' ? undefined : event.target.value === 'true' })}
        >
          <option value="">Answered or not</option>
          <option value="true">Answered</option>
          <option value="false">Not answered</option>
        </NativeSelect>
        {search.error && (
          <Button className="max-w-full" onClick={() => set({ error: undefined })}>
            <span className="max-w-80 truncate">{search.error}</span>
            <X aria-label="Any reason" />
          </Button>
        )}
        {isFiltered && (
          <Button variant="ghost" onClick={clear}>
            Show all
          </Button>
        )}
      </div>
      <DataTable
        label="Leads of the campaign"
        className="-mx-4 border-t md:-mx-6"
        columns={COLUMNS}
        rows={rows}
        rowId={(lead) => lead.id}
        rowName={(lead) => lead.name}
        onOpen={(lead) => set({ lead: lead.id }, false)}
        empty={
          <EmptyState
            icon={Users}
            title={isFiltered ? 'No lead matches' : 'No leads yet'}
            actions={isFiltered && <Button onClick={clear}>Show all</Button>}
          >
            {isFiltered ? 'Choose another status or reason.' : 'They are fixed when the campaign is launched.'}
          </EmptyState>
        }
      />
      <LeadSheet
        campaignId={campaign.id}
        campaignLeadId={search.lead}
        onClose={() => set({ lead: undefined }, false)}
      />
    </>
  )
}
