import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ExternalLink, MessagesSquare, Route, User } from 'lucide-react'
import { campaignConversationQuery, campaignLeadQuery, campaignLogsQuery } from '@/api/campaigns'
import { ConversationViewer } from '@/components/conversation/conversation-viewer'
import { useRows } from '@/components/data-table/rows'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatPhone } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { LEAD_STATUSES, skipWords } from './states'

interface LeadSheetProps {
  campaignId: number
  /** Undefined: nothing is shown. */
  campaignLeadId: number | undefined
  onClose: () => void
}

/** One lead of the campaign beside the list: what was said, and each step. */
export function LeadSheet({ campaignId, campaignLeadId, onClose }: LeadSheetProps) {
  return (
    <Dialog open={campaignLeadId !== undefined} onOpenChange={(open) => !open && onClose()}>
      {campaignLeadId !== undefined && <Content campaignId={campaignId} campaignLeadId={campaignLeadId} />}
    </Dialog>
  )
}

function Content({ campaignId, campaignLeadId }: { campaignId: number; campaignLeadId: number }) {
  const lead = useQuery(campaignLeadQuery(campaignId, campaignLeadId))
  const conversation = useQuery(campaignConversationQuery(campaignId, campaignLeadId))
  const logs = useRows(useInfiniteQuery(campaignLogsQuery(campaignId, { campaign_lead_id: campaignLeadId })))
  useTopics(...(lead.data?.conversation_id ? [`conversation:${lead.data.conversation_id}`] : []))
  const error = lead.error ?? conversation.error
  const retry = () => {
    void lead.refetch()
    void conversation.refetch()
  }
  return (
    <DialogContent
      side="right"
      title={lead.data ? lead.data.name || 'Without a name' : 'Lead'}
      description={lead.data && [lead.data.company, formatPhone(lead.data.phone)].filter(Boolean).join(' · ')}
      footer={
        lead.data && (
          <>
            <Button asChild>
              <Link to="/leads/$leadId" params={{ leadId: lead.data.lead_id }}>
                <User aria-hidden /> Lead <ExternalLink aria-hidden />
              </Link>
            </Button>
            {lead.data.run_id && (
              <Button asChild>
                <Link to="/runs/$runId" params={{ runId: lead.data.run_id }}>
                  <Route aria-hidden /> Run <ExternalLink aria-hidden />
                </Link>
              </Button>
            )}
            {lead.data.conversation_id && (
              <Button asChild>
                <Link to="/conversations" search={{ thread: lead.data.conversation_id, view: 'all' }}>
                  <MessagesSquare aria-hidden /> Conversation <ExternalLink aria-hidden />
                </Link>
              </Button>
            )}
          </>
        )
      }
    >
      {error ? (
        <ErrorState error={error} onRetry={retry} />
      ) : lead.data && conversation.data ? (
        <>
          <div className="mb-4 flex flex-wrap items-center gap-2">
            <Status tone={LEAD_STATUSES[lead.data.status].tone}>{LEAD_STATUSES[lead.data.status].label}</Status>
            {lead.data.skip_reason && <span className="text-[13px]">{skipWords(lead.data.skip_reason)}</span>}
            {lead.data.attempt > 1 && (
              <span className="text-[13px] text-muted-foreground">Attempt {lead.data.attempt}</span>
            )}
          </div>
          {lead.data.error_message && (
            <Notice tone="danger" className="mb-4">
              {lead.data.error_message}
            </Notice>
          )}
          <ConversationViewer
            conversation={conversation.data}
            leadName={lead.data.name}
            logs={logs.items.toReversed()}
          />
        </>
      ) : (
        <SkeletonLines count={8} />
      )}
    </DialogContent>
  )
}
