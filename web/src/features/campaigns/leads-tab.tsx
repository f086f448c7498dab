import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Users } from 'lucide-react'
import { type Campaign, type CampaignLead, campaignLeadsQuery } from '@/api/campaigns'
import { fateOfDelivery, holdWords } from '@/components/conversation/delivery'
import { type Column, DataTable } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { Badge, Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import { formatPhone, formatShortTime } from '@/lib/format'
import { LeadSheet } from './lead-sheet'
import { LeadsBar } from './leads-bar'
import { leadFilterOf, leadSortOf, NO_FILTER } from './leads-filter'
import { LEAD_STATUSES, skipWords } from './states'

const route = getRouteApi('/campaigns/$campaignId')

/** Why the lead stands where it does, in words. */
const reasonOf = (lead: CampaignLead): string =>
  lead.error_message ?? (lead.skip_reason ? skipWords(lead.skip_reason) : (holdWords(lead.hold_reason) ?? ''))

const COLUMNS: Column<CampaignLead>[] = [
  {
    id: 'name',
    header: 'Lead',
    width: 220,
    sort: 'name',
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
  { id: 'delivery', header: 'Delivery', width: 130, cell: (lead) => <DeliveryBadge lead={lead} /> },
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
    sort: 'processed_at',
    cell: (lead) => <span className="text-muted-foreground">{formatShortTime(lead.processed_at)}</span>,
  },
]

function DeliveryBadge({ lead }: { lead: CampaignLead }) {
  if (!lead.delivery) return null
  const fate = fateOfDelivery(lead.delivery)
  return <Badge tone={fate.tone}>{fate.label}</Badge>
}

/** Every lead of the campaign with what became of it. */
export function LeadsTab({ campaign }: { campaign: Campaign }) {
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  const set = (change: Partial<typeof search>, replace = true) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace })
  const filter = leadFilterOf(search)
  const sort = leadSortOf(search)
  const rows = useRows(useInfiniteQuery(campaignLeadsQuery(campaign.id, filter, sort)))
  const isFiltered = Object.keys(filter).length > 0
  return (
    <>
      <LeadsBar campaignId={campaign.id} search={search} set={set} />
      <DataTable
        label="Leads of the campaign"
        className="-mx-4 border-t md:-mx-6"
        columns={COLUMNS}
        rows={rows}
        sort={sort}
        onSort={(next) => set({ sort: next })}
        rowId={(lead) => lead.id}
        rowName={(lead) => lead.name}
        onOpen={(lead) => set({ lead: lead.id }, false)}
        empty={
          <EmptyState
            icon={Users}
            title={isFiltered ? 'No lead matches' : 'No leads yet'}
            actions={isFiltered && <Button onClick={() => set(NO_FILTER)}>Show all</Button>}
          >
            {isFiltered
              ? 'Choose another status or delivery, or search for less.'
              : 'They are fixed when the campaign is launched.'}
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
