import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useMemo, useState } from 'react'
import { type NodeSpecification, nodeSpecificationsQuery, type Workflow, workflowQuery } from '@/api/workflows'
import { Page } from '@/components/layout/page'
import { ErrorState, Skeleton } from '@/components/ui/states'
import { CopyOfShipped } from './copy-of-shipped'
import { startOf } from './editor/start'
import { EditorContext, EditorStore } from './editor/store'
import { WorkflowsLink } from './workflows-link'

const Builder = lazy(() => import('./editor/builder'))

/** The editor of one workflow: `?panel=problems&node=sms` shows one of its sides and selects one of its steps. */
export function WorkflowBuilder() {
  const { workflowId } = useParams({ from: '/workflows/$workflowId/edit' })
  const workflow = useQuery({ ...workflowQuery(workflowId), refetchOnMount: 'always' })
  const specifications = useQuery(nodeSpecificationsQuery())
  const error = workflow.error ?? specifications.error
  // Not what this browser remembers: somebody else may have saved another draft since.
  if (workflow.data && workflow.isFetchedAfterMount && specifications.data) {
    if (workflow.data.is_shipped) return <CopyOfShipped workflow={workflow.data} />
    return <Loaded key={workflow.data.id} workflow={workflow.data} specifications={specifications.data} />
  }
  return (
    <Page title={workflow.data?.name ?? 'Workflow'} mode="fill" parent={<WorkflowsLink />}>
      {error ? (
        <ErrorState error={error} onRetry={() => [workflow, specifications].map((query) => query.refetch())} />
      ) : (
        <Skeleton className="mb-6 flex-1" />
      )}
    </Page>
  )
}

const SELECTION_MS = 250
const NO_SIDES = { from: undefined, to: undefined }

function Loaded({ workflow, specifications }: { workflow: Workflow; specifications: NodeSpecification[] }) {
  const search = useSearch({ from: '/workflows/$workflowId/edit' })
  const navigate = useNavigate({ from: '/workflows/$workflowId/edit' })
  const [start] = useState(() => startOf(workflow, specifications))
  const [store] = useState(() => {
    const made = new EditorStore(start.doc, start.drawing)
    if (search.node && start.doc.nodes.some((node) => node.id === search.node)) made.select([search.node])
    return made
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let told = store.get().selected
    // The address follows the selection once it rests: a marquee would write it a hundred times.
    const stop = store.subscribe(() => {
      const { selected } = store.get()
      if (selected === told) return
      told = selected
      clearTimeout(timer)
      timer = setTimeout(() => {
        const [node] = selected.size === 1 ? selected : []
        void navigate({ search: (before) => ({ ...before, node }), replace: true })
      }, SELECTION_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [store, navigate])
  const sides = useMemo(
    () => (search.from ? { from: search.from, to: search.to ?? ('draft' as const) } : null),
    [search.from, search.to],
  )
  const props = useMemo(() => ({ workflow, specifications, start }), [workflow, specifications, start])
  return (
    <EditorContext value={store}>
      <Suspense
        fallback={
          <Page title={workflow.name} mode="fill" parent={<WorkflowsLink />}>
            <Skeleton className="mb-6 flex-1" />
          </Page>
        }
      >
        <Builder
          {...props}
          panel={search.panel ?? 'step'}
          onPanel={(panel) =>
            void navigate({
              search: ({ node }) => ({ node, panel: panel === 'step' ? undefined : panel }),
              replace: true,
            })
          }
          sides={sides}
          onCompare={(next) =>
            void navigate({ search: (before) => ({ ...before, ...(next ?? NO_SIDES) }), replace: true })
          }
        />
      </Suspense>
    </EditorContext>
  )
}
