import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { Download, Pencil } from 'lucide-react'
import { lazy, Suspense, useMemo } from 'react'
import {
  nodeSpecificationsQuery,
  type WorkflowDefinition,
  type WorkflowVersion,
  workflowQuery,
  workflowVersionsQuery,
} from '@/api/workflows'
import { Page } from '@/components/layout/page'
import { RunsView } from '@/components/runs/runs-view'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { NativeSelect } from '@/components/ui/input'
import { ErrorState, Notice, Skeleton } from '@/components/ui/states'
import { Tabs, TabsContent, TabsList, TabsTrigger } from '@/components/ui/tabs'
import { changesBetween, type Graph, graphOf } from '@/components/workflow-canvas/graph'
import { notesOf, type StickyNote } from '@/components/workflow-canvas/notes'
import { Outline } from '@/components/workflow-canvas/outline'
import { cn } from '@/lib/cn'
import { downloadFrom } from '@/lib/download'
import { formatDateTime, formatDay } from '@/lib/format'
import { CopyButton as EditableCopy } from './copy-of-shipped'
import { FlowTab } from './flow-tab'
import { Inspector } from './inspector'

const TAB = 'flex min-h-0 flex-1 flex-col data-[state=inactive]:hidden'

const Canvas = lazy(() => import('@/components/workflow-canvas/canvas'))

/** One workflow, drawn and told: `?version=3&node=sms` shows an older version and one of its steps. */
export function WorkflowPage() {
  const { workflowId } = useParams({ from: '/workflows/$workflowId' })
  const search = useSearch({ from: '/workflows/$workflowId' })
  const navigate = useNavigate({ from: '/workflows/$workflowId' })
  const workflow = useQuery(workflowQuery(workflowId))
  const versions = useQuery(workflowVersionsQuery(workflowId))
  const specifications = useQuery(nodeSpecificationsQuery())
  const version = versions.data?.find((one) => one.version === search.version) ?? versions.data?.[0]
  const definition = version?.definition as WorkflowDefinition | undefined
  const graph = useMemo(
    () => (definition && specifications.data ? graphOf(definition, specifications.data) : undefined),
    [definition, specifications.data],
  )
  const notes = useMemo(() => (definition ? notesOf(definition) : []), [definition])
  const select = (node: string | undefined) => navigate({ search: { ...search, node }, replace: true })
  const tab = search.tab ?? 'design'
  const error = workflow.error ?? versions.error ?? specifications.error
  const isLatest = version?.version === versions.data?.[0]?.version
  return (
    <Page
      title={workflow.data?.name ?? 'Workflow'}
      mode="fill"
      parent={
        <Link to="/workflows" className="hover:underline">
          Workflows
        </Link>
      }
      mark={workflow.data?.is_shipped && <Badge tone="info">Shipped</Badge>}
      description={workflow.data?.description}
      actions={
        versions.data &&
        version && (
          <>
            <VersionSelect
              versions={versions.data}
              value={version.version}
              onChange={(chosen) =>
                navigate({
                  search: { tab: search.tab, version: chosen === versions.data[0]?.version ? undefined : chosen },
                })
              }
            />
            <Export workflowId={workflowId} version={version} />
            {workflow.data &&
              (workflow.data.is_shipped ? (
                <EditableCopy workflow={workflow.data} />
              ) : (
                <Button asChild variant="primary">
                  <Link to="/workflows/$workflowId/edit" params={{ workflowId }}>
                    <Pencil /> Edit
                  </Link>
                </Button>
              ))}
          </>
        )
      }
    >
      {!graph && error && (
        <ErrorState error={error} onRetry={() => [workflow, versions, specifications].map((q) => q.refetch())} />
      )}
      {!graph && !error && <Skeleton className="mb-6 flex-1" />}
      {graph && version && (
        <Tabs
          value={tab}
          onValueChange={(next) =>
            navigate({
              search: { version: search.version, tab: next === 'design' ? undefined : (next as 'flow' | 'runs') },
            })
          }
          className="flex min-h-0 flex-1 flex-col"
        >
          <TabsList aria-label="Views of the workflow" className={cn('shrink-0', tab === 'runs' && 'mb-3')}>
            <TabsTrigger value="design">Design</TabsTrigger>
            <TabsTrigger value="flow">Flow</TabsTrigger>
            <TabsTrigger value="runs">Runs</TabsTrigger>
          </TabsList>
          <TabsContent value="design" className={TAB}>
            {!isLatest && (
              <Notice tone="warning" className="my-3">
                You look at version {version.version} of {formatDateTime(version.created_at)}. Campaigns that started
                with it keep it; new ones take the latest.
              </Notice>
            )}
            <Design key={version.id} graph={graph} notes={notes} selected={search.node} onSelect={select} />
          </TabsContent>
          <TabsContent value="flow" className={TAB}>
            <FlowTab workflowId={workflowId} version={version.version} />
          </TabsContent>
          <TabsContent value="runs" className={TAB}>
            <RunsView
              search={search}
              fixed={{ workflow: workflowId }}
              set={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })}
            />
          </TabsContent>
        </Tabs>
      )}
    </Page>
  )
}

interface DesignProps {
  graph: Graph
  notes: StickyNote[]
  selected: string | undefined
  onSelect: (node: string | undefined) => void
}

/** The workflow as a drawing and as a list of its steps. */
function Design({ graph, notes, selected, onSelect }: DesignProps) {
  const node = graph.find((one) => one.id === selected)
  return (
    <div className="-mx-4 md:-mx-6 flex min-h-0 flex-1 flex-col md:flex-row">
      <div className="min-h-72 min-w-0 flex-1 bg-surface-sunken">
        <Suspense fallback={<Skeleton className="size-full rounded-none" />}>
          <Canvas graph={graph} notes={notes} selected={node?.id} onSelect={onSelect} />
        </Suspense>
      </div>
      <aside
        aria-label="Steps"
        className="max-h-[45%] shrink-0 overflow-y-auto border-t bg-surface p-4 md:max-h-none md:w-80 md:border-t-0 md:border-l"
      >
        {node ? (
          <Inspector node={node} onClose={() => onSelect(undefined)} />
        ) : (
          <>
            <h2 className="mb-2 px-2 font-semibold text-sm">Steps</h2>
            <Outline graph={graph} selected={undefined} onSelect={onSelect} />
          </>
        )}
      </aside>
    </div>
  )
}

interface VersionSelectProps {
  versions: WorkflowVersion[]
  value: number
  onChange: (version: number) => void
}

function VersionSelect({ versions, value, onChange }: VersionSelectProps) {
  const told = (version: WorkflowVersion, index: number) => {
    const before = versions[index + 1]
    const what = before
      ? changesBetween(before.definition as WorkflowDefinition, version.definition as WorkflowDefinition)
      : 'the first'
    return `Version ${version.version}, ${formatDay(version.created_at)}: ${what}`
  }
  return (
    <NativeSelect
      aria-label="Version"
      className="w-auto max-w-72"
      value={value}
      onChange={(event) => onChange(Number(event.target.value))}
    >
      {versions.map((version, index) => (
        <option key={version.id} value={version.version}>
          {told(version, index)}
        </option>
      ))}
    </NativeSelect>
  )
}

/** The file is the server's: with name and description, and without ids of this installation, so that it can be imported. */
function Export({ workflowId, version }: { workflowId: number; version: { version: number; definition: unknown } }) {
  return (
    <>
      <CopyButton text={JSON.stringify(version.definition, null, 2)}>Copy JSON</CopyButton>
      <Button onClick={() => downloadFrom(`/api/workflows/${workflowId}/export?version=${version.version}`)}>
        <Download /> Export
      </Button>
    </>
  )
}
