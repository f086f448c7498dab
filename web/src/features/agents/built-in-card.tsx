import { Link, useNavigate } from '@tanstack/react-router'
import { Copy, FlaskConical, Package } from 'lucide-react'
import { type Agent, type BuiltInAgent, useCopyBuiltIn } from '@/api/agents'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { toastProblem } from '@/lib/toast'

interface BuiltInCardProps {
  agent: BuiltInAgent
  /** The stored agent that works in its place. */
  standIn: Agent | undefined
}

/** An agent as it ships: not to be changed, but to be tried and copied. */
export function BuiltInCard({ agent, standIn }: BuiltInCardProps) {
  const navigate = useNavigate()
  const copying = useCopyBuiltIn()
  const copy = () =>
    copying.mutate(agent.agent_type, {
      onSuccess: (made) => navigate({ to: '/agents/$agentKey', params: { agentKey: String(made.id) } }),
      onError: toastProblem,
    })
  return (
    <Card className="flex h-full flex-col gap-2.5 p-4">
      <header className="flex items-start gap-3">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-accent text-muted-foreground">
          <Package className="size-4" aria-hidden />
        </span>
        <div className="min-w-0 flex-1">
          <h3 className="truncate font-semibold text-sm">
            <Link to="/agents/$agentKey" params={{ agentKey: agent.agent_type }} className="rounded hover:underline">
              {agent.name}
            </Link>
          </h3>
          <p className="text-muted-foreground text-xs">Ships with Outrider</p>
        </div>
        {standIn ? <Badge>Replaced by {standIn.name}</Badge> : <Badge tone="primary">At work</Badge>}
      </header>
      <p className="line-clamp-2 flex-1 text-[13px] text-muted-foreground">{agent.description}</p>
      <footer className="flex flex-wrap gap-1.5 border-t pt-2.5">
        <Button size="sm" isBusy={copying.isPending} onClick={copy} aria-label={`Copy ${agent.name} to edit`}>
          <Copy /> Copy to edit
        </Button>
        <Button size="sm" variant="ghost" asChild>
          <Link
            to="/agents/$agentKey"
            params={{ agentKey: agent.agent_type }}
            search={{ tab: 'playground' }}
            aria-label={`Try ${agent.name}`}
          >
            <FlaskConical /> Try it
          </Link>
        </Button>
      </footer>
    </Card>
  )
}
