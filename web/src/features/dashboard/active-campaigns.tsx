import { Link } from '@tanstack/react-router'
import { Megaphone } from 'lucide-react'
import type { ActiveCampaign } from '@/api/dashboard'
import { Status, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { Progress } from '@/components/ui/progress'
import { EmptyState } from '@/components/ui/states'
import { formatAgo, formatNumber, humanize } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { shareOf } from './trend'

const TONES: Record<string, Tone> = { pending: 'info', processing: 'primary', paused: 'warning' }
/** Topics heard at once; campaigns beyond that move with the list. */
const MOST_TOPICS = 20

/** Campaigns that are under way, with their progress as it happens. */
export function ActiveCampaigns({ campaigns }: { campaigns: ActiveCampaign[] }) {
  useTopics(...campaigns.slice(0, MOST_TOPICS).map((campaign) => `campaign:${campaign.id}`))
  return (
    <Card className="self-start">
      <CardHeader
        title="Campaigns in progress"
        actions={
          <Button asChild variant="link">
            <Link to="/campaigns">All campaigns</Link>
          </Button>
        }
      />
      {campaigns.length === 0 ? (
        <EmptyState
          icon={Megaphone}
          title="No campaign is running"
          className="py-8"
          actions={
            <Button asChild>
              <Link to="/campaigns/new">New campaign</Link>
            </Button>
          }
        >
          Start a draft, or write a new campaign, and watch it here.
        </EmptyState>
      ) : (
        <ul className="divide-y border-t">
          {campaigns.map((campaign) => (
            <li key={campaign.id}>
              <CampaignRow campaign={campaign} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

function CampaignRow({ campaign }: { campaign: ActiveCampaign }) {
  const share = shareOf(campaign.done, campaign.total_leads) ?? 0
  const tone = TONES[campaign.status] ?? 'neutral'
  return (
    <Link
      to="/campaigns/$campaignId"
      params={{ campaignId: campaign.id }}
      className="grid gap-1.5 px-4 py-2.5 hover:bg-accent"
    >
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium text-[13px]">{campaign.name}</span>
        <Status tone={tone} pulse={campaign.status === 'processing'}>
          {humanize(campaign.status)}
        </Status>
      </span>
      <Progress label={`Progress of ${campaign.name}`} value={share} tone={tone} />
      <span className="tabular flex justify-between gap-3 text-muted-foreground text-xs">
        <span>
          {formatNumber(campaign.done)} of {formatNumber(campaign.total_leads)} leads done ({Math.floor(share)} %)
        </span>
        <span className="truncate">
          {campaign.status_reason ?? (campaign.started_at && `started ${formatAgo(campaign.started_at)}`)}
        </span>
      </span>
    </Link>
  )
}
