import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Bot, Plus } from 'lucide-react'
import { useMemo } from 'react'
import { type Agent, agentsQuery } from '@/api/agents'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui/states'
import { useShortcuts } from '@/lib/shortcuts'
import { AgentCard } from './agent-card'
import { AgentSheet } from './agent-sheet'
import { usesByAgent } from './uses'

const NONE: Agent[] = []

/** The personas that answer leads: `?agent=new` and `?agent=7` open the form. */
export function AgentsPage() {
  const { agent: opened } = useSearch({ from: '/agents' })
  const navigate = useNavigate({ from: '/agents' })
  const open = (agent: number | 'new' | undefined) => navigate({ search: { agent } })
  const query = useQuery(agentsQuery())
  const campaigns = useQuery(campaignUsesQuery()).data
  const uses = useMemo(() => usesByAgent(campaigns ?? []), [campaigns])
  const agents = query.data ?? NONE
  useShortcuts([{ keys: 'n', label: 'New agent', group: 'Agents', run: () => void open('new') }])
  const edited = agents.find((agent) => agent.id === opened)
  return (
    <Page
      title="Agents"
      description="Who writes and answers for you: a name, a prompt and a model. A campaign names its agent."
      actions={
        <Button variant="primary" onClick={() => open('new')}>
          <Plus /> New agent
        </Button>
      }
    >
      {query.isPending && <LoadingCards />}
      {query.isError && !query.data && <ErrorState error={query.error} onRetry={query.refetch} />}
      {query.isSuccess && agents.length === 0 && (
        <EmptyState
          icon={Bot}
          title="No agents yet"
          actions={
            <Button variant="primary" onClick={() => open('new')}>
              <Plus /> New agent
            </Button>
          }
        >
          Campaigns work without one, from the prompt in their own settings. An agent keeps a prompt and a model in one
          place, so that several campaigns speak with the same voice.
        </EmptyState>
      )}
      <ul className="grid gap-3 lg:grid-cols-2 2xl:grid-cols-3">
        {agents.map((agent) => (
          <li key={agent.id}>
            <AgentCard agent={agent} uses={uses.get(agent.id) ?? []} onEdit={() => open(agent.id)} />
          </li>
        ))}
      </ul>
      {opened === 'new' && <AgentSheet agent={null} onClose={() => open(undefined)} />}
      {edited && <AgentSheet key={edited.id} agent={edited} onClose={() => open(undefined)} />}
    </Page>
  )
}

function LoadingCards() {
  return (
    <div className="grid gap-3 lg:grid-cols-2 2xl:grid-cols-3" role="status" aria-label="Loading">
      {Array.from({ length: 3 }, (_, card) => (
        <Skeleton key={card} className="h-40 rounded-lg" />
      ))}
    </div>
  )
}
