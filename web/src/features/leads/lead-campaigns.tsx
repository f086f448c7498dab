import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { leadCampaignsQuery } from '@/api/campaigns'
import { useRows } from '@/components/data-table/rows'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatDay, humanize } from '@/lib/format'
import { outcomeOf } from './outcome'

/** Campaigns that the lead takes part in, with what came of each. */
export function CampaignsCard({ leadId }: { leadId: number }) {
  const rows = useRows(useInfiniteQuery(leadCampaignsQuery(leadId)))
  return (
    <Card>
      <CardHeader title="Campaigns" />
      <CardBody>
        {rows.error && rows.items.length === 0 ? (
          <ErrorState error={rows.error} onRetry={rows.refetch} className="py-4" />
        ) : rows.isPending ? (
          <SkeletonLines count={2} />
        ) : rows.items.length === 0 ? (
          <p className="text-[13px] text-muted-foreground">In no campaign yet.</p>
        ) : (
          <ul className="grid gap-2.5">
            {rows.items.map((place) => {
              const outcome = outcomeOf(place)
              return (
                <li key={place.campaign_lead_id} className="grid gap-0.5 text-[13px]">
                  <span className="flex items-center gap-2">
                    <Link
                      to="/campaigns/$campaignId"
                      params={{ campaignId: place.campaign_id }}
                      search={{ tab: 'leads', lead: place.campaign_lead_id }}
                      className="min-w-0 flex-1 truncate hover:underline"
                    >
                      {place.campaign_name}
                    </Link>
                    <Badge tone={outcome.tone}>{outcome.label}</Badge>
                  </span>
                  <span className="text-muted-foreground text-xs">
                    {[
                      place.processed_at
                        ? `Worked ${formatDay(place.processed_at)}`
                        : `Put in ${formatDay(place.created_at)}`,
                      place.replied_at && `answered ${formatDay(place.replied_at)}`,
                      place.skip_reason && humanize(place.skip_reason),
                      place.error_message,
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                </li>
              )
            })}
          </ul>
        )}
        {rows.hasNextPage && (
          <Button size="sm" className="mt-3" isBusy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
            Show more
          </Button>
        )}
      </CardBody>
    </Card>
  )
}
