import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Telescope } from 'lucide-react'
import { useState } from 'react'
import { campaignsQuery } from '@/api/campaigns'
import { type Evidence, type LeadResearch, leadResearchQuery, useResearchLead } from '@/api/knowledge'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { NativeSelect } from '@/components/ui/input'
import { EmptyState, ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { TierBadge } from '@/components/ui/tier-badge'
import { formatAgo, formatDuration, humanize, plural } from '@/lib/format'
import { channelName, providerName } from '@/lib/providers'
import { toastProblem } from '@/lib/toast'

/** What the sales agents made of what is known: fit, growth, and how to reach the lead. */
export function ResearchCard({ leadId }: { leadId: number }) {
  const { data: research, error, refetch } = useQuery(leadResearchQuery(leadId))
  const start = useResearchLead(leadId)
  const campaigns = useInfiniteQuery(campaignsQuery({})).data?.pages.flatMap((page) => page.items) ?? []
  const [campaign, setCampaign] = useState('')
  const last = lastRun(research)
  const [before, setBefore] = useState<string | null>()
  const isRunning = before !== undefined && before === last
  return (
    <Card>
      <CardHeader
        title="Research"
        description={last ? `Done ${formatAgo(last)}.` : undefined}
        actions={
          <Button
            size="sm"
            isBusy={start.isPending || isRunning}
            onClick={() => {
              setBefore(last)
              start.mutate(campaign ? Number(campaign) : undefined, {
                onError: (problem) => {
                  setBefore(undefined)
                  toastProblem(problem)
                },
              })
            }}
          >
            <Telescope /> {last ? 'Do it again' : 'Research this lead'}
          </Button>
        }
      />
      <CardBody className="grid gap-4">
        {campaigns.length > 0 && (
          <NativeSelect
            aria-label="On behalf of"
            value={campaign}
            onChange={(event) => setCampaign(event.target.value)}
          >
            <option value="">For the campaign that wrote last</option>
            {campaigns.map((one) => (
              <option key={one.id} value={one.id}>
                For {one.name}
              </option>
            ))}
          </NativeSelect>
        )}
        {!research ? (
          error ? (
            <ErrorState className="py-4" error={error} onRetry={() => void refetch()} />
          ) : (
            <SkeletonLines count={3} />
          )
        ) : last ? (
          <Findings research={research} />
        ) : (
          <EmptyState
            className="py-6"
            icon={Telescope}
            title={isRunning ? 'The agents are at work' : 'Not researched yet'}
          >
            The agents judge how well the company fits, how it grows, and draft the next step. You approve before
            anything leaves.
          </EmptyState>
        )}
      </CardBody>
    </Card>
  )
}

function lastRun(research: LeadResearch | undefined): string | null {
  const times = Object.values(research?.runs ?? {}).map((run) => run.executed_at)
  return times.sort().at(-1) ?? null
}

function Findings({ research }: { research: LeadResearch }) {
  const { qualification, growth, marketing, bdr, runs } = research
  const failed = Object.entries(runs ?? {}).filter(([, run]) => !run.success)
  return (
    <>
      {failed.map(([kind, run]) => (
        <Notice key={kind} tone="warning">
          {humanize(kind)}: {run.error}
        </Notice>
      ))}
      {qualification && (
        <Part title="Fit" milliseconds={runs?.qualification?.milliseconds}>
          <p className="flex items-center gap-2 text-[13px]">
            <TierBadge tier={qualification.tier} />{' '}
            <span className="tabular font-medium">{qualification.score} of 100</span>
          </p>
          <ul className="grid gap-1 text-[13px]">
            {qualification.factors.map((factor) => (
              <li key={factor.name} className="flex gap-2">
                <span className="tabular w-12 shrink-0 text-muted-foreground">
                  {factor.points}/{factor.weight}
                </span>
                <span className="min-w-0 break-words">{factor.reason}</span>
              </li>
            ))}
          </ul>
        </Part>
      )}
      {growth && (
        <Part title="Growth" milliseconds={runs?.growth_analysis?.milliseconds}>
          {growth.growth_potential != null && (
            <p className="text-[13px]">
              Growth potential <span className="tabular font-medium">{growth.growth_potential} of 100</span>
            </p>
          )}
          <Claims
            claims={[
              ...(growth.growth_signals ?? []),
              ...(growth.competitors ?? []),
              ...(growth.market_opportunity ?? []),
            ]}
          />
          {growth.angle && (
            <p className="text-[13px]">
              <Badge>Our inference</Badge> {growth.angle.text}
            </p>
          )}
          {growth.question && <p className="text-[13px]">Ask: {growth.question}</p>}
          <Unknown names={growth.unknown ?? []} />
        </Part>
      )}
      {marketing && (
        <Part title="Plan" milliseconds={runs?.marketing?.milliseconds}>
          <ol className="grid gap-2">
            {(marketing.touches ?? []).map((touch) => (
              <li key={`${touch.day} ${touch.channel}`} className="rounded-md border p-2.5 text-[13px]">
                <p className="mb-1 flex flex-wrap items-center gap-2 text-muted-foreground text-xs">
                  <span className="font-medium text-foreground">Day {touch.day}</span> {channelName(touch.channel)} ·{' '}
                  {touch.purpose}
                  {touch.segments ? ` · ${plural(touch.segments, 'segment')}` : ''}
                </p>
                {touch.subject && <p className="font-medium">{touch.subject}</p>}
                <p className="whitespace-pre-line break-words">{touch.text}</p>
              </li>
            ))}
          </ol>
          {marketing.reason && <p className="text-[13px] text-muted-foreground">{marketing.reason}</p>}
          {Object.entries(marketing.unavailable ?? {}).map(([channel, why]) => (
            <p key={channel} className="text-muted-foreground text-xs">
              {channelName(channel)} can’t be used: {why}.
            </p>
          ))}
        </Part>
      )}
      {bdr?.state === 'awaiting_approval' ? (
        <p className="text-[13px]">
          The next step is drafted.{' '}
          <Link to="/approvals" className="text-primary-text underline">
            See approvals
          </Link>
        </p>
      ) : (
        bdr && <p className="text-[13px] text-muted-foreground">No next step: {bdr.reason}</p>
      )}
    </>
  )
}

function Part({
  title,
  milliseconds,
  children,
}: {
  title: string
  milliseconds: number | undefined
  children: React.ReactNode
}) {
  return (
    <div className="grid gap-1.5">
      <h3 className="flex items-center justify-between font-medium text-muted-foreground text-xs">
        {title}
        {milliseconds !== undefined && <span className="tabular">{formatDuration(milliseconds / 1000)}</span>}
      </h3>
      {children}
    </div>
  )
}

function Claims({ claims }: { claims: { text: string; sources: Evidence[] }[] }) {
  return (
    <ul className="grid gap-1.5 text-[13px]">
      {claims.map((claim) => (
        <li key={claim.text}>
          {claim.text}{' '}
          <span className="text-muted-foreground text-xs">
            {[...new Set(claim.sources.map((source) => providerName(source.source)))].join(', ')}
          </span>
        </li>
      ))}
    </ul>
  )
}

const Unknown = ({ names }: { names: string[] }) =>
  names.length > 0 && <p className="text-muted-foreground text-xs">Unknown: {names.join(', ')}.</p>
