import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { ChevronLeft, ChevronRight, Inbox, Pencil, Smartphone, Trash2 } from 'lucide-react'
import { useMemo, useState } from 'react'
import { handsetAvailabilityQuery, type LeadDetail, leadConversationQuery, leadQuery, timelineQuery } from '@/api/leads'
import { Page } from '@/components/layout/page'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { TierBadge } from '@/components/ui/tier-badge'
import { formatPhone } from '@/lib/format'
import { useShortcuts } from '@/lib/shortcuts'
import { useTopics } from '@/live/use-live'
import { AttributesCard } from './attributes-card'
import { ConsentCard } from './consent-card'
import { ContactClock } from './contact-clock'
import { KnowledgeCard } from './knowledge-card'
import { ListsCard } from './lead-belongings'
import { CampaignsCard } from './lead-campaigns'
import { LeadFacts } from './lead-facts'
import { MeetingsCard } from './lead-meetings'
import { leadName } from './lead-table'
import { LeadTimeline } from './lead-timeline'
import { ResearchCard } from './research-card'
import { ScoreCard } from './score-card'
import { SuppressionCard } from './suppression-card'
import { useDeleteLead } from './use-delete-leads'
import { useSaveLead } from './use-save-lead'
import { neighbours, readWalk } from './walk'

const route = getRouteApi('/leads/$leadId')

export function LeadPage() {
  const { leadId } = route.useParams()
  const { data: lead, error, refetch } = useQuery(leadQuery(leadId))
  useTopics(`lead:${leadId}`)
  if (lead) return <LoadedLead key={leadId} lead={lead} />
  return (
    <Page title="Lead" parent={<BackLink search={{}} />}>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <SkeletonLines count={6} />}
    </Page>
  )
}

const BackLink = ({ search }: { search: Record<string, unknown> }) => (
  <Link to="/leads" search={search} className="hover:underline">
    Leads
  </Link>
)

function LoadedLead({ lead }: { lead: LeadDetail }) {
  const navigate = useNavigate()
  const [walk] = useState(readWalk)
  const { previous, next } = neighbours(walk?.ids ?? [], lead.id)
  const timeline = useInfiniteQuery(timelineQuery(lead.id))
  const entries = useMemo(() => timeline.data?.pages.flatMap((page) => page.items) ?? [], [timeline.data])
  const save = useSaveLead(lead.id)
  const deleteLead = useDeleteLead()

  const goTo = (id: number | undefined) => {
    if (id !== undefined) void navigate({ to: '/leads/$leadId', params: { leadId: id }, replace: true })
  }
  const back = () => void navigate({ to: '/leads', search: walk?.search ?? {} })
  const edit = () => document.querySelector<HTMLButtonElement>('[data-inline-edit]')?.click()
  const remove = () => {
    deleteLead(lead.id, leadName(lead))
    back()
  }
  useShortcuts([
    { keys: 'e', label: 'Edit', group: 'Lead', run: edit },
    { keys: 'j', label: 'Next lead', group: 'Lead', run: () => goTo(next) },
    { keys: 'k', label: 'Previous lead', group: 'Lead', run: () => goTo(previous) },
    { keys: 'u', label: 'Back to the list', group: 'Lead', run: back },
  ])
  return (
    <Page
      title={leadName(lead)}
      parent={<BackLink search={walk?.search ?? {}} />}
      mark={
        <>
          {lead.tier && <TierBadge tier={lead.tier} />}
          {lead.score !== null && <Badge className="tabular">Score {lead.score}</Badge>}
        </>
      }
      description={
        <span className="flex flex-wrap items-center gap-x-4 gap-y-0.5">
          {(lead.title || lead.company) && <span>{[lead.title, lead.company].filter(Boolean).join(', ')}</span>}
          {lead.phone && <span className="tabular">{formatPhone(lead.phone)}</span>}
          <ContactClock lead={lead} />
        </span>
      }
      actions={
        <>
          {(previous ?? next) !== undefined && (
            <>
              <Button
                variant="ghost"
                size="icon"
                aria-label="Previous lead"
                disabled={previous === undefined}
                onClick={() => goTo(previous)}
              >
                <ChevronLeft />
              </Button>
              <Button
                variant="ghost"
                size="icon"
                aria-label="Next lead"
                disabled={next === undefined}
                onClick={() => goTo(next)}
              >
                <ChevronRight />
              </Button>
            </>
          )}
          <Talk lead={lead} />
          <Button onClick={edit}>
            <Pencil /> Edit
          </Button>
          <Button size="icon" className="text-danger-text" aria-label="Delete lead" onClick={remove}>
            <Trash2 />
          </Button>
        </>
      }
    >
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        <div className="grid grid-cols-1 gap-4">
          <LeadFacts lead={lead} save={save} />
          <KnowledgeCard leadId={lead.id} />
          <LeadTimeline leadId={lead.id} query={timeline} entries={entries} />
        </div>
        <div className="grid grid-cols-1 gap-4">
          <MeetingsCard lead={lead} />
          {lead.phone && <SuppressionCard phone={lead.phone} />}
          <ScoreCard leadId={lead.id} />
          <ResearchCard leadId={lead.id} />
          <ConsentCard lead={lead} />
          <AttributesCard lead={lead} save={save} />
          <ListsCard lead={lead} />
          <CampaignsCard leadId={lead.id} />
        </div>
      </div>
    </Page>
  )
}

/** Where one talks with the lead, or as the lead. */
function Talk({ lead }: { lead: LeadDetail }) {
  const { data: conversation } = useQuery(leadConversationQuery(lead.id))
  const { data: handset } = useQuery(handsetAvailabilityQuery())
  return (
    <>
      {handset?.available && lead.phone && (
        <Button asChild>
          <Link to="/handset" search={{ phone: lead.phone }}>
            <Smartphone /> Handset
          </Link>
        </Button>
      )}
      {conversation && (
        <Button variant="primary" asChild>
          <Link to="/conversations" search={{ thread: conversation.id }}>
            <Inbox /> Conversation
          </Link>
        </Button>
      )}
    </>
  )
}
