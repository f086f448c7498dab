import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Copy } from 'lucide-react'
import { type Agent, agentQuery, type BuiltInAgent, builtInAgentsQuery, useCopyBuiltIn } from '@/api/agents'
import { NotFound } from '@/components/layout/not-found'
import { Page } from '@/components/layout/page'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Facts } from '@/components/ui/misc'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'
import { toastProblem } from '@/lib/toast'
import { useTopics } from '@/live/use-live'
import { AgentActions } from './agent-actions'
import { AgentEditor } from './editor'
import { ExecutionsTab } from './executions-tab'
import { Playground } from './playground'
import { VersionsTab } from './versions-tab'
import { isAgentType, shown, typeLabel } from './words'

type Tab = 'edit' | 'playground' | 'versions' | 'runs'

/** One agent: `/agents/7` is a stored one, `/agents/scheduler` the one that ships for this work. */
export function AgentPage() {
  const { agentKey } = useParams({ from: '/agents/$agentKey' })
  if (isAgentType(agentKey)) return <ShippedPage type={agentKey} />
  const id = Number(agentKey)
  return Number.isSafeInteger(id) && id > 0 ? <StoredPage key={id} id={id} /> : <NotFound />
}

const parent = (
  <Link to="/agents" className="rounded hover:underline">
    Agents
  </Link>
)

function useTab(): [Tab, (tab: string) => void] {
  const { tab } = useSearch({ from: '/agents/$agentKey' })
  const navigate = useNavigate({ from: '/agents/$agentKey' })
  return [
    tab ?? 'edit',
    (next) =>
      void navigate({ search: (before) => ({ ...before, tab: next as Tab, run: undefined, version: undefined }) }),
  ]
}

function StoredPage({ id }: { id: number }) {
  const [tab, setTab] = useTab()
  useTopics(`agent:${id}`, 'agents')
  const query = useQuery(agentQuery(id))
  const agent = query.data
  if (!agent) {
    return (
      <Page title="Agent" parent={parent}>
        {query.isError ? <ErrorState error={query.error} onRetry={query.refetch} /> : <SkeletonLines count={8} />}
      </Page>
    )
  }
  return (
    <Page
      title={agent.name}
      parent={parent}
      mark={<Marks agent={agent} />}
      description={`${typeLabel(agent.agent_type)} · ${agent.description || 'No description'}`}
      actions={<AgentActions agent={agent} />}
    >
      {/* Manual: the focus that returns to a tab after "Keep editing" must not ask to leave once more. */}
      <Tabs value={tab} onValueChange={setTab} activationMode="manual">
        <TabsList aria-label="Parts of the agent" className="mb-4">
          <TabsTrigger value="edit">Edit</TabsTrigger>
          <TabsTrigger value="playground">Playground</TabsTrigger>
          <TabsTrigger value="versions">Versions</TabsTrigger>
          <TabsTrigger value="runs">Runs</TabsTrigger>
        </TabsList>
        <TabsContent value="edit">
          <AgentEditor agent={agent} />
        </TabsContent>
        <TabsContent value="playground">
          <Playground agentType={agent.agent_type} agent={agent} />
        </TabsContent>
        <TabsContent value="versions">
          <VersionsTab agent={agent} />
        </TabsContent>
        <TabsContent value="runs">
          <ExecutionsTab of={{ agentId: agent.id }} />
        </TabsContent>
      </Tabs>
    </Page>
  )
}

function Marks({ agent }: { agent: Agent }) {
  return (
    <>
      {agent.published === null ? (
        <Badge tone="warning">Never published</Badge>
      ) : (
        <Badge tone="success">Version {agent.published} speaks</Badge>
      )}
      {agent.published !== null && agent.has_changes && <Badge tone="info">Changed draft</Badge>}
      {agent.is_default && <Badge tone="primary">At work for its kind</Badge>}
    </>
  )
}

function ShippedPage({ type }: { type: BuiltInAgent['agent_type'] }) {
  const [tab, setTab] = useTab()
  const navigate = useNavigate()
  const query = useQuery(builtInAgentsQuery())
  const copying = useCopyBuiltIn()
  const agent = query.data?.find((found) => found.agent_type === type)
  const copy = () =>
    copying.mutate(type, {
      onSuccess: (made) => navigate({ to: '/agents/$agentKey', params: { agentKey: String(made.id) } }),
      onError: toastProblem,
    })
  return (
    <Page
      title={agent?.name ?? typeLabel(type)}
      parent={parent}
      mark={<Badge>Ships with Outrider</Badge>}
      {...(agent && { description: agent.description })}
      actions={
        <Button variant="primary" isBusy={copying.isPending} onClick={copy}>
          <Copy /> Copy to edit
        </Button>
      }
    >
      {query.isError && <ErrorState error={query.error} onRetry={query.refetch} />}
      {!agent && !query.isError && <SkeletonLines count={8} />}
      {agent && (
        <Tabs value={tab === 'versions' ? 'edit' : tab} onValueChange={setTab}>
          <TabsList aria-label="Parts of the agent" className="mb-4">
            <TabsTrigger value="edit">Configuration</TabsTrigger>
            <TabsTrigger value="playground">Playground</TabsTrigger>
            <TabsTrigger value="runs">Runs</TabsTrigger>
          </TabsList>
          <TabsContent value="edit" className="grid max-w-3xl gap-4">
            <Facts
              items={[
                ['Temperature', String(agent.temperature)],
                ['Tools', shown(agent.tools)],
                ['Guardrails', shown(agent.guardrails)],
              ]}
            />
            <div>
              <h2 className="mb-1.5 font-medium text-[13px]">Prompt</h2>
              <p className="whitespace-pre-wrap rounded-lg border bg-surface p-4 text-[13px] leading-relaxed">
                {agent.system_prompt}
              </p>
            </div>
          </TabsContent>
          <TabsContent value="playground">
            <Playground agentType={type} />
          </TabsContent>
          <TabsContent value="runs">
            <ExecutionsTab of={{ agentType: type }} />
          </TabsContent>
        </Tabs>
      )}
    </Page>
  )
}
