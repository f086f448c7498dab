import { useQueryClient } from '@tanstack/react-query'
import { ReactFlowProvider } from '@xyflow/react'
import { Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { TriedRun } from '@/api/workflow-drafts'
import { type NodeSpecification, type Workflow, workflowQuery } from '@/api/workflows'
import { Page } from '@/components/layout/page'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { WorkflowsLink } from '../workflows-link'
import { Adder } from './adder'
import { BuilderActions } from './builder-header'
import { CanvasArea } from './canvas-area'
import { Commands } from './commands'
import { specificationsByType } from './document'
import { DraftNotices, SaveMark } from './draft-notices'
import { EditorKeys } from './keys'
import { Palette } from './palette'
import type { Panel } from './panels'
import { PublishDialog } from './publish-dialog'
import { SidePanel } from './side-panel'
import { type Start, startOf } from './start'
import { useEditorStore } from './store'
import { type Sides, sideName, useComparison } from './use-comparison'
import { useDraft } from './use-draft'
import { usePins } from './use-pins'
import { useProblems } from './use-problems'

type View = 'list' | 'canvas'
const VIEWS = [
  { value: 'list' as const, label: 'Steps' },
  { value: 'canvas' as const, label: 'Canvas' },
]

interface BuilderProps {
  workflow: Workflow
  specifications: NodeSpecification[]
  start: Start
  panel: Panel
  onPanel: (panel: Panel) => void
  /** What is compared; kept in the address. */
  sides: Sides | null
  onCompare: (sides: Sides | null) => void
}

/** The editor itself; a module of its own because the canvas is heavy. */
export default function Builder({ workflow, specifications, start, panel, onPanel, sides, onCompare }: BuilderProps) {
  const store = useEditorStore()
  const client = useQueryClient()
  const byType = useMemo(() => specificationsByType(specifications), [specifications])
  const commands = useMemo(() => new Commands(store, specifications), [store, specifications])
  const draft = useDraft(workflow, store, start.stored)
  const checked = useProblems(byType)
  const [pins, pin] = usePins(workflow.id)
  const [runs, setRuns] = useState<TriedRun[]>([])
  const [shownRun, setShownRun] = useState<TriedRun>()
  const comparison = useComparison(workflow, specifications, draft, panel === 'versions' ? sides : null)
  const [isPublishing, setPublishing] = useState(false)
  const [view, setView] = useState<View>('list')
  const add = (type: string) => {
    const { selected } = store.get()
    const last = [...selected].at(-1) ?? store.doc.nodes.at(-1)?.id
    commands.add(type, last ? { kind: 'after', id: last } : { kind: 'at', position: { x: 0, y: 0 } })
  }
  const take = (stored: Workflow) => {
    const { doc } = startOf({ ...stored, draft: stored.draft ?? stored.config }, specifications)
    store.reset(doc)
    draft.taken(doc, stored.draft_revision)
  }
  const loadTheirs = async () => take(await client.fetchQuery({ ...workflowQuery(workflow.id), staleTime: 0 }))
  return (
    <ReactFlowProvider>
      <Page
        title={workflow.name}
        mode="fill"
        parent={<WorkflowsLink />}
        mark={
          <>
            <Badge>
              {workflow.published_version ? `Version ${workflow.published_version} is published` : 'Never published'}
            </Badge>
            <SaveMark state={draft.state} />
          </>
        }
        actions={
          <BuilderActions
            workflow={workflow}
            commands={commands}
            draft={draft}
            checked={checked}
            panel={panel}
            onPanel={onPanel}
            onPublish={() => setPublishing(true)}
          />
        }
      >
        <DraftNotices draft={draft} onLoadTheirs={() => void loadTheirs()} />
        {comparison && (
          <Notice tone="warning" className="mb-3">
            You look at {sideName(comparison.to)}; colours show what changed since {sideName(comparison.from)}.
          </Notice>
        )}
        <Segmented
          label="What is seen"
          value={view}
          choices={VIEWS}
          onChange={setView}
          className="mb-3 self-center md:hidden"
        />
        <div className="-mx-4 md:-mx-6 flex min-h-0 flex-1 border-t">
          <aside aria-label="Palette" className="hidden w-56 shrink-0 border-r bg-surface lg:block">
            <Palette specifications={specifications} onAdd={add} />
          </aside>
          <CanvasArea
            byType={byType}
            commands={commands}
            problems={checked.problems}
            pins={pins}
            run={panel === 'try' ? shownRun : undefined}
            comparison={comparison}
            isChosen={view === 'canvas'}
          />
          <aside
            aria-label="Details"
            className={cn(
              'min-w-0 flex-1 overflow-y-auto bg-surface p-4 md:block md:w-96 md:flex-none md:border-l',
              view === 'canvas' && 'hidden',
            )}
          >
            <Button
              className="mb-3 w-full md:hidden"
              onClick={() => {
                const [id] = store.get().selected
                const last = id ?? store.doc.nodes.at(-1)?.id
                store.choose(last ? { kind: 'after', id: last } : { kind: 'at', position: { x: 0, y: 0 } })
              }}
            >
              <Plus /> Add a step
            </Button>
            <SidePanel
              panel={panel}
              workflow={workflow}
              specifications={specifications}
              byType={byType}
              commands={commands}
              problems={checked.problems}
              pins={pins}
              onPin={pin}
              runs={runs}
              shownRun={shownRun}
              onRuns={(next) => {
                setRuns(next)
                setShownRun(next[0])
              }}
              onShowRun={setShownRun}
              comparison={comparison}
              onCompare={onCompare}
              onRestored={take}
              onPanel={onPanel}
            />
          </aside>
        </div>
      </Page>
      <EditorKeys commands={commands} onSave={() => void draft.save()} />
      <Adder specifications={specifications} commands={commands} />
      {isPublishing && (
        <PublishDialog workflow={workflow} specifications={byType} draft={draft} onClose={() => setPublishing(false)} />
      )}
    </ReactFlowProvider>
  )
}
