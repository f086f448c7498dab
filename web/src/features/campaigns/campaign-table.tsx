import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Campaign } from '@/api/campaigns'
import { type Column, DataTable, type Rows } from '@/components/data-table/data-table'
import { StackedProgress } from '@/components/ui/progress'
import { formatAgo, formatCompact, formatMoney } from '@/lib/format'
import { CampaignStatus, Pace } from './campaign-card'
import { progressParts, progressPercent } from './states'
import { useLiveCampaign } from './use-live-campaign'
import { useVerbs } from './use-verbs'
import { CampaignLink, MainVerb, VerbMenu } from './verb-buttons'

/** Shows part of a campaign as it is now, not as it was when the list came. */
function Live({ campaign, children }: { campaign: Campaign; children: (campaign: Campaign) => ReactNode }) {
  return <>{children(useLiveCampaign(campaign))}</>
}

const figure = (id: string, header: string, value: (campaign: Campaign) => string): Column<Campaign> => ({
  id,
  header,
  width: 84,
  align: 'right',
  cell: (campaign) => <Live campaign={campaign}>{value}</Live>,
})

export const CAMPAIGN_COLUMNS: Column<Campaign>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    hideable: false,
    cell: (campaign) => <CampaignLink campaign={campaign} className="font-medium hover:underline" />,
  },
  {
    id: 'status',
    header: 'State',
    width: 120,
    cell: (campaign) => <Live campaign={campaign}>{(now) => <CampaignStatus campaign={now} />}</Live>,
  },
  {
    id: 'progress',
    header: 'Progress',
    width: 150,
    cell: (campaign) => (
      <Live campaign={campaign}>
        {({ stats, status }) =>
          status === 'draft' ? (
            '–'
          ) : (
            <span className="flex items-center gap-2">
              <StackedProgress label="Progress" parts={progressParts(stats)} total={stats.total_leads} />
              <span className="tabular w-9 shrink-0 text-right text-xs">{progressPercent(stats)} %</span>
            </span>
          )
        }
      </Live>
    ),
  },
  figure('leads', 'Leads', ({ stats }) => formatCompact(stats.total_leads)),
  figure('sent', 'Sent', ({ stats }) => formatCompact(stats.sms_sent)),
  figure('delivered', 'Delivered', ({ stats }) => formatCompact(stats.delivered)),
  figure('replied', 'Replied', ({ stats }) => formatCompact(stats.replied)),
  figure('opted_out', 'Opted out', ({ stats }) => formatCompact(stats.opted_out)),
  figure('cost', 'Cost', ({ stats }) => formatMoney(stats.cost)),
  {
    id: 'pace',
    header: 'Pace',
    width: 170,
    cell: (campaign) => (
      <Live campaign={campaign}>
        {(now) => (
          <span className="flex items-center gap-1.5 text-muted-foreground text-xs">
            <Pace campaign={now} />
          </span>
        )}
      </Live>
    ),
  },
  {
    id: 'created',
    header: 'Created',
    width: 120,
    sort: 'created_at',
    cell: (campaign) => <span className="text-muted-foreground">{formatAgo(campaign.created_at)}</span>,
  },
  { id: 'verbs', header: 'Actions', width: 140, hideable: false, cell: (campaign) => <RowVerbs campaign={campaign} /> },
]

function RowVerbs({ campaign: listed }: { campaign: Campaign }) {
  const campaign = useLiveCampaign(listed)
  const verbs = useVerbs(campaign)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keeps a click on a button from opening the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the buttons inside have the keys
    <span className="flex items-center justify-end gap-1" onClick={(event) => event.stopPropagation()}>
      <MainVerb campaign={campaign} run={verbs.run} busy={verbs.busy} size="sm" />
      <VerbMenu campaign={campaign} run={verbs.run} />
      {verbs.dialogs}
    </span>
  )
}

interface CampaignTableProps {
  rows: Rows<Campaign>
  sort: string
  hidden: ReadonlySet<string>
  onSort: (sort: string) => void
  empty: ReactNode
}

export function CampaignTable({ rows, sort, hidden, onSort, empty }: CampaignTableProps) {
  const navigate = useNavigate()
  const open = (campaign: Campaign) =>
    void navigate({
      to: campaign.status === 'draft' ? '/campaigns/$campaignId/edit' : '/campaigns/$campaignId',
      params: { campaignId: campaign.id },
    })
  return (
    <DataTable
      label="Campaigns"
      className="-mx-4 border-t md:-mx-6"
      columns={CAMPAIGN_COLUMNS}
      rows={rows}
      rowId={(campaign) => campaign.id}
      rowName={(campaign) => campaign.name}
      onOpen={open}
      sort={sort}
      onSort={onSort}
      hidden={hidden}
      empty={empty}
    />
  )
}
