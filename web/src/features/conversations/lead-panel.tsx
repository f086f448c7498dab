import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import type { ReactNode } from 'react'
import { campaignQuery } from '@/api/campaigns'
import { api, data, type Schemas } from '@/api/client'
import type { Conversation } from '@/api/conversations'
import { Badge } from '@/components/ui/badge'
import { Avatar, Facts } from '@/components/ui/misc'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { TierBadge } from '@/components/ui/tier-badge'
import { formatDateTime, formatPhone, humanize, NONE } from '@/lib/format'

import { TeamSection } from './team-section'

type Lead = Schemas['LeadDetail']

/** The lead behind a thread: who they are, how they stand with the agents, what they agreed to, which campaigns have them. */
export function LeadPanel({ thread, onJump }: { thread: Conversation; onJump: (quote: string) => void }) {
  const id = thread.lead_id
  const lead = useQuery({
    queryKey: ['leads', 'one', id],
    queryFn: () => data(api.GET('/api/leads/{lead_id}', { params: { path: { lead_id: id } } })),
  })
  if (lead.error && !lead.data) return <ErrorState error={lead.error} onRetry={lead.refetch} />
  if (!lead.data) return <SkeletonLines count={8} className="p-4" />
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 p-4">
      <Identity lead={lead.data} />
      <Section title="Agents">
        <TeamSection conversationId={thread.id} onJump={onJump} />
      </Section>
      <Section title="Facts">
        <Facts items={factsOf(lead.data)} />
      </Section>
      <Section title="Consent">
        <Consents lead={lead.data} isSuppressed={thread.is_suppressed} />
      </Section>
      <Section title="Campaigns">
        <Campaigns thread={thread} />
      </Section>
      {lead.data.notes && (
        <Section title="About the lead">
          <p className="whitespace-pre-wrap break-words text-[13px]">{lead.data.notes}</p>
        </Section>
      )}
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 font-medium text-muted-foreground text-xs">{title}</h3>
      {children}
    </section>
  )
}

function Identity({ lead }: { lead: Lead }) {
  const name = lead.name || formatPhone(lead.phone)
  return (
    <div className="flex items-start gap-3">
      <Avatar name={name} className="size-10 text-sm" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-semibold">{name}</p>
        <p className="truncate text-[13px] text-muted-foreground">
          {[lead.title, lead.company].filter(Boolean).join(', ') || NONE}
        </p>
        <p className="mt-1.5 flex flex-wrap gap-1.5">
          {lead.tier && <TierBadge tier={lead.tier} />}
          {lead.score != null && <Badge>Score {lead.score}</Badge>}
        </p>
        <Link
          to="/leads/$leadId"
          params={{ leadId: lead.id }}
          className="mt-2 inline-flex items-center gap-1 text-[13px] text-primary-text underline-offset-4 hover:underline"
        >
          Open the lead <ExternalLink className="size-3.5" aria-hidden />
        </Link>
      </div>
    </div>
  )
}

function factsOf(lead: Lead): [string, ReactNode][] {
  const place = [lead.city, lead.region, lead.country].filter(Boolean).join(', ')
  const zone = lead.time_zone ?? lead.time_zones[0]
  const facts: [string, ReactNode][] = [
    ['Phone', formatPhone(lead.phone)],
    ['E-mail', lead.email && <Email key="email" address={lead.email} />],
    ['Industry', lead.industry],
    ['Size', lead.company_size],
    ['Place', place],
    ['Local time', zone && localTime(zone)],
    ['Language', lead.language],
    ['Source', lead.source],
    ...Object.entries(lead.attributes).map(([name, value]): [string, string] => [humanize(name), String(value)]),
  ]
  return facts.filter(([, value]) => Boolean(value))
}

/** Breaks after the @ where the line is too short. */
function Email({ address }: { address: string }) {
  const [name, host] = [address.slice(0, address.lastIndexOf('@') + 1), address.slice(address.lastIndexOf('@') + 1)]
  return (
    <>
      {name}
      <wbr />
      {host}
    </>
  )
}

function localTime(zone: string): string {
  const place = zone.split('/').at(-1)?.replaceAll('_', ' ')
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone })
  return `${clock.format(new Date())} (${place})`
}

function Consents({ lead, isSuppressed }: { lead: Lead; isSuppressed: boolean }) {
  const open = lead.consents.filter((consent) => !consent.revoked_at)
  return (
    <ul className="grid gap-1.5 text-[13px]">
      {isSuppressed && (
        <li>
          <Badge tone="danger">Must not be contacted</Badge>
        </li>
      )}
      {open.map((consent) => (
        <li key={`${consent.channel}-${consent.created_at}`}>
          <Badge tone="success">{consent.channel.toUpperCase()}</Badge>{' '}
          <span className="text-muted-foreground">
            {[humanize(consent.kind), consent.method && humanize(consent.method), formatDateTime(consent.obtained_at)]
              .filter(Boolean)
              .join(' · ')}
          </span>
        </li>
      ))}
      {open.length === 0 && <li className="text-muted-foreground">No consent is on record.</li>}
    </ul>
  )
}

function Campaigns({ thread }: { thread: Conversation }) {
  const id = thread.campaign_id
  const campaign = useQuery({ ...campaignQuery(id ?? 0), enabled: id !== null }).data
  if (id === null) return <p className="text-[13px] text-muted-foreground">No campaign has written to this lead.</p>
  return (
    <p className="text-[13px]">
      <Link
        to="/campaigns/$campaignId"
        params={{ campaignId: id }}
        className="text-primary-text underline underline-offset-4"
      >
        {campaign?.name ?? `Campaign ${id}`}
      </Link>
      <span className="text-muted-foreground">
        {' '}
        wrote last{campaign && ` · ${humanize(campaign.status).toLowerCase()}`}
      </span>
    </p>
  )
}
