import { Mail, MessageSquare, Phone } from 'lucide-react'
import type { ReactNode } from 'react'
import type { ConsentChannel, Lead } from '@/api/leads'
import { type Column, DataTable, type Rows } from '@/components/data-table/data-table'
import type { Selection } from '@/components/data-table/use-selection'
import { CHANNEL_NAMES } from '@/components/lead-filter/filters'
import { TierBadge } from '@/components/ui/tier-badge'
import { formatPhone, formatShortTime, NONE } from '@/lib/format'

/** What a lead is called where its name is not known. */
export const leadName = (lead: Pick<Lead, 'name' | 'phone' | 'email'>): string =>
  lead.name || (lead.phone ? formatPhone(lead.phone) : (lead.email ?? 'Lead'))

const quiet = (text: string | null | undefined) => (text ? text : <span className="text-muted-foreground">{NONE}</span>)

export const CHANNEL_ICONS: Record<ConsentChannel, typeof Phone> = { sms: MessageSquare, voice: Phone, email: Mail }

function Consents({ channels }: { channels: ConsentChannel[] | undefined }) {
  if (!channels?.length) return quiet(null)
  return (
    <span className="flex gap-1.5 text-success-text">
      {channels.map((channel) => {
        const Icon = CHANNEL_ICONS[channel]
        return (
          <Icon
            key={channel}
            className="size-3.5"
            role="img"
            aria-label={`Agreed to ${CHANNEL_NAMES[channel].toLowerCase()}`}
          />
        )
      })}
    </span>
  )
}

export const COLUMNS: Column<Lead>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    hideable: false,
    cell: (lead) => <span className="font-medium">{leadName(lead)}</span>,
  },
  { id: 'company', header: 'Company', sort: 'company', cell: (lead) => quiet(lead.company) },
  { id: 'title', header: 'Title', cell: (lead) => quiet(lead.title) },
  {
    id: 'phone',
    header: 'Phone',
    width: 150,
    cell: (lead) => <span className="tabular">{lead.phone ? formatPhone(lead.phone) : quiet(null)}</span>,
  },
  { id: 'email', header: 'E-mail', cell: (lead) => quiet(lead.email) },
  { id: 'tier', header: 'Tier', width: 72, cell: (lead) => (lead.tier ? <TierBadge tier={lead.tier} /> : quiet(null)) },
  { id: 'score', header: 'Score', sort: 'score', width: 84, align: 'right', cell: (lead) => lead.score ?? quiet(null) },
  { id: 'industry', header: 'Industry', width: 130, cell: (lead) => quiet(lead.industry) },
  {
    id: 'place',
    header: 'Place',
    width: 140,
    cell: (lead) => quiet([lead.city, lead.region ?? lead.country].filter(Boolean).join(', ')),
  },
  { id: 'source', header: 'Source', width: 130, cell: (lead) => quiet(lead.source) },
  { id: 'consent', header: 'Consent', width: 88, cell: (lead) => <Consents channels={lead.consent_channels} /> },
  {
    id: 'created_at',
    header: 'Added',
    sort: 'created_at',
    width: 96,
    cell: (lead) => <span className="text-muted-foreground">{formatShortTime(lead.created_at)}</span>,
  },
  {
    id: 'updated_at',
    header: 'Changed',
    sort: 'updated_at',
    width: 104,
    cell: (lead) => <span className="text-muted-foreground">{formatShortTime(lead.updated_at)}</span>,
  },
]

/** Columns that are shown only to whoever asks for them. */
export const HIDDEN_AT_FIRST = ['title', 'email', 'industry', 'source', 'updated_at']

interface LeadTableProps {
  rows: Rows<Lead>
  sort: string
  onSort: (sort: string) => void
  onOpen: (lead: Lead) => void
  hidden: ReadonlySet<string>
  selection: Selection
  empty: ReactNode
}

export function LeadTable(props: LeadTableProps) {
  return (
    <DataTable
      label="Leads"
      columns={COLUMNS}
      rowId={(lead) => lead.id}
      rowName={leadName}
      className="rounded-t-lg border border-b-0 bg-surface"
      {...props}
    />
  )
}
