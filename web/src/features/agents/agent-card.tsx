import { Link, useNavigate } from '@tanstack/react-router'
import { Bot } from 'lucide-react'
import { useState } from 'react'
import { type Agent, useDeleteAgent } from '@/api/agents'
import type { Campaign } from '@/api/campaigns'
import { Badge } from '@/components/ui/badge'
import { Card } from '@/components/ui/card'
import { Confirm } from '@/components/ui/dialog'
import { EditMenu } from '@/components/ui/edit-menu'
import { formatAgo, modelName, plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'

const SHOWN_CAMPAIGNS = 3

interface AgentCardProps {
  agent: Agent
  uses: Campaign[]
}

export function AgentCard({ agent, uses }: AgentCardProps) {
  const navigate = useNavigate()
  const params = { agentKey: String(agent.id) }
  const onEdit = () => void navigate({ to: '/agents/$agentKey', params })
  const [isDeleting, setDeleting] = useState(false)
  const deletion = useDeleteAgent()
  const confirmDelete = () => deletion.mutate(agent.id, { onError: toastProblem, onSettled: () => setDeleting(false) })
  return (
    <Card className="flex h-full flex-col gap-2.5 p-4" aria-labelledby={`agent-${agent.id}`}>
      <header className="flex items-start gap-3">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
          <Bot className="size-4" aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <h3 id={`agent-${agent.id}`} className="truncate font-semibold text-sm">
            <Link to="/agents/$agentKey" params={params} className="rounded hover:underline">
              {agent.name}
            </Link>
          </h3>
          <p className="truncate text-muted-foreground text-xs">
            {agent.model ? modelName(agent.model) : 'The installation’s default model'}
          </p>
        </div>
        <Marks agent={agent} />
        <EditMenu name={agent.name} onEdit={onEdit} onDelete={() => setDeleting(true)} />
      </header>
      <p className="line-clamp-2 flex-1 text-[13px] text-muted-foreground">
        {agent.description || agent.system_prompt}
      </p>
      {agent.warnings.map((warning) => (
        <p key={warning.problem} className="text-warning-text text-xs">
          {warning.problem}
        </p>
      ))}
      <footer className="flex flex-wrap items-center gap-1.5 border-t pt-2.5 text-muted-foreground text-xs">
        <Uses campaigns={uses} />
        <span className="ml-auto">Changed {formatAgo(agent.updated_at)}</span>
      </footer>
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete “${agent.name}”?`}
        description={
          uses.length > 0
            ? `${plural(uses.length, 'campaign')} use it. Choose another agent there first; an agent in use can’t be deleted.`
            : 'No campaign uses it. Its prompt is lost.'
        }
        action="Delete agent"
        isDangerous
        isBusy={deletion.isPending}
        onConfirm={confirmDelete}
      />
    </Card>
  )
}

function Marks({ agent }: { agent: Agent }) {
  if (agent.published === null) return <Badge tone="warning">Draft</Badge>
  if (agent.is_default) return <Badge tone="primary">At work</Badge>
  return agent.has_changes ? <Badge tone="info">Changed draft</Badge> : null
}

function Uses({ campaigns }: { campaigns: Campaign[] }) {
  if (campaigns.length === 0) return <span>Not used by a campaign</span>
  return (
    <>
      <span>Used by</span>
      {campaigns.slice(0, SHOWN_CAMPAIGNS).map((campaign) => (
        <Link
          key={campaign.id}
          to="/campaigns/$campaignId"
          params={{ campaignId: campaign.id }}
          className="rounded-full hover:underline"
        >
          <Badge className="max-w-44">
            <span className="truncate">{campaign.name}</span>
          </Badge>
        </Link>
      ))}
      {campaigns.length > SHOWN_CAMPAIGNS && <span>and {campaigns.length - SHOWN_CAMPAIGNS} more</span>}
    </>
  )
}
