import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleSlash, UsersRound } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type Audience, audienceQuery } from '@/api/campaign-trials'
import type { Campaign } from '@/api/campaigns'
import { StackedProgress } from '@/components/ui/progress'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatNumber, formatPhone, plural } from '@/lib/format'
import { isNobody } from './audience'
import { skipWords } from './states'

const REST_MS = 350

interface AudienceCountsProps {
  campaign: Campaign
  audience: Audience
  requireConsent: boolean
}

/** Who would be reached, counted while one chooses. */
export function AudienceCounts({ campaign, audience, requireConsent }: AudienceCountsProps) {
  const wanted = useRested(audience)
  const { data, error, refetch, isFetching } = useQuery({
    ...audienceQuery(campaign.id, wanted, requireConsent),
    enabled: !isNobody(wanted),
  })
  return (
    <aside
      aria-labelledby="audience-counts"
      className="self-start rounded-lg border bg-surface-sunken p-4 xl:sticky xl:top-4"
    >
      <h3 id="audience-counts" className="mb-2 flex items-center gap-2 font-semibold text-sm">
        <UsersRound className="size-4 text-muted-foreground" aria-hidden /> Who is reached
      </h3>
      {isNobody(audience) ? (
        <p className="text-[13px] text-muted-foreground">
          Nobody yet. Choose lists, set a filter or pick single leads; each lead counts once.
        </p>
      ) : error ? (
        <ErrorState error={error} onRetry={refetch} className="px-0 py-4" />
      ) : !data ? (
        <SkeletonLines count={5} />
      ) : (
        <div className={cn('grid gap-3 transition-opacity', isFetching && 'opacity-60')} aria-live="polite">
          <p>
            <span className="tabular font-semibold text-2xl tracking-tight">{formatNumber(data.reachable)}</span>
            <span className="ml-1.5 text-[13px] text-muted-foreground">
              of {plural(data.total, 'lead')} will be texted
            </span>
          </p>
          <StackedProgress
            label="Audience"
            total={data.total}
            parts={[
              { label: 'Reachable', value: data.reachable, tone: 'success' },
              { label: 'Left out', value: data.total - data.reachable, tone: 'warning' },
            ]}
          />
          <ul className="grid gap-2.5 text-[13px]">
            <li className="flex items-start gap-2">
              <CircleCheck className="mt-0.5 size-4 shrink-0 text-success-text" aria-hidden />
              <span className="min-w-0 flex-1">
                Reachable
                <Examples leads={data.reachable_examples} />
              </span>
              <span className="tabular font-medium">{formatNumber(data.reachable)}</span>
            </li>
            {Object.entries(data.excluded).map(([reason, count]) => (
              <li key={reason} className="flex items-start gap-2">
                <CircleSlash className="mt-0.5 size-4 shrink-0 text-warning-text" aria-hidden />
                <span className="min-w-0 flex-1">
                  {skipWords(reason)}
                  <Examples leads={data.examples[reason as keyof typeof data.examples] ?? []} />
                </span>
                <span className="tabular font-medium">{formatNumber(count)}</span>
              </li>
            ))}
          </ul>
          {(data.duplicates > 0 || data.in_other_campaigns > 0 || data.without_name > 0) && (
            <ul className="grid gap-1 border-t pt-3 text-[13px] text-muted-foreground">
              {data.duplicates > 0 && <li>Named more than once, reached once: {formatNumber(data.duplicates)}</li>}
              {data.in_other_campaigns > 0 && (
                <li>Still being worked by another campaign: {formatNumber(data.in_other_campaigns)}</li>
              )}
              {data.without_name > 0 && <li>Without a name: {formatNumber(data.without_name)}</li>}
            </ul>
          )}
        </div>
      )}
    </aside>
  )
}

function Examples({ leads }: { leads: { id: number; name: string; phone: string | null }[] }) {
  if (leads.length === 0) return null
  return (
    <span className="block text-muted-foreground text-xs">
      {leads.map((lead) => lead.name || formatPhone(lead.phone)).join(', ')} …
    </span>
  )
}

/** The value once it has not changed for a moment. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), REST_MS)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}
