import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useMemo } from 'react'
import { type Agent, agentStatusQuery, agentsQuery, builtInAgentsQuery } from '@/api/agents'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { ErrorState, Skeleton } from '@/components/ui/states'
import { useShortcuts } from '@/lib/shortcuts'
import { useTopics } from '@/live/use-live'
import { NewAgentSheet } from './new-agent-sheet'
import { TypeSection } from './type-section'
import { usesByAgent } from './uses'
import { isAgentType, TYPES } from './words'

const NONE: Agent[] = []

/** Everybody who works for you, by their work: those that ship, and your own. `?agent=new` opens the form. */
export function AgentsPage() {
  const { agent: opened, type } = useSearch({ from: '/agents' })
  const navigate = useNavigate({ from: '/agents' })
  const open = (isOpen: boolean) => navigate({ search: isOpen ? { agent: 'new' } : {} })
  useTopics('agents')
  const stored = useQuery(agentsQuery())
  const builtIn = useQuery(builtInAgentsQuery())
  const status = useQuery(agentStatusQuery()).data
  const campaigns = useQuery(campaignUsesQuery()).data
  const uses = useMemo(() => usesByAgent(campaigns ?? []), [campaigns])
  const agents = stored.data ?? NONE
  useShortcuts([{ keys: 'n', label: 'New agent', group: 'Agents', run: () => void open(true) }])
  const failed = [stored, builtIn].find((query) => query.isError && !query.data)
  const isReady = stored.data && builtIn.data
  return (
    <Page
      title="Agents"
      description="Who writes, judges and plans for you. Those that ship work at once; copy one to make it your own."
      actions={
        <Button variant="primary" onClick={() => open(true)}>
          <Plus /> New agent
        </Button>
      }
    >
      {failed && <ErrorState error={failed.error} onRetry={failed.refetch} />}
      {!failed && !isReady && <Loading />}
      {isReady && (
        <div className="grid gap-x-6 gap-y-7 pt-1 xl:grid-cols-2">
          {TYPES.map((known) => (
            <TypeSection
              key={known.type}
              known={known}
              shipped={builtIn.data.find((agent) => agent.agent_type === known.type)}
              agents={agents.filter((agent) => agent.agent_type === known.type)}
              status={status?.[known.type]}
              uses={uses}
            />
          ))}
        </div>
      )}
      {opened === 'new' && (
        <NewAgentSheet type={type && isAgentType(type) ? type : 'conversation'} onClose={() => void open(false)} />
      )}
    </Page>
  )
}

function Loading() {
  return (
    <div className="grid gap-3 lg:grid-cols-2 2xl:grid-cols-3" role="status" aria-label="Loading">
      {Array.from({ length: 6 }, (_, card) => (
        <Skeleton key={card} className="h-36 rounded-lg" />
      ))}
    </div>
  )
}
