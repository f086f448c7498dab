import { useQuery } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { type ReactNode, useMemo } from 'react'
import { type TriedRun, variablesQuery } from '@/api/workflow-drafts'
import type { NodeSpecification, Workflow } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { graphOf } from '@/components/workflow-canvas/graph'
import type { Commands } from './commands'
import { definitionOf, nodeOf, type Specifications } from './document'
import { StepFormContext } from './form-context'
import { ChosenLead, LeadSearch } from './lead-search'
import type { Panel } from './panels'
import { usePreviewLead } from './preview-lead'
import type { Problem } from './problems'
import { ProblemsPanel } from './problems-panel'
import { SettingsPanel } from './settings-panel'
import { StepInspector } from './step-inspector'
import { useDoc, useEditorStore, useSelectedId } from './store'
import { titleOf } from './titles'
import { TryPanel } from './try-panel'
import type { Comparison, Sides } from './use-comparison'
import { outputsOf, type Pin, type Pins } from './use-pins'
import { variablesFor } from './variables'
import { VersionsPanel } from './versions-panel'

interface SidePanelProps {
  panel: Panel
  workflow: Workflow
  specifications: NodeSpecification[]
  byType: Specifications
  commands: Commands
  problems: Problem[]
  pins: Pins
  onPin: Pin
  runs: TriedRun[]
  shownRun: TriedRun | undefined
  onRuns: (runs: TriedRun[]) => void
  onShowRun: (run: TriedRun | undefined) => void
  comparison: Comparison | null
  onCompare: (sides: Sides | null) => void
  onRestored: (workflow: Workflow) => void
  onPanel: (panel: Panel) => void
}

/** The right side: the selected step, or what the header's buttons open. */
export function SidePanel(props: SidePanelProps) {
  const { panel, workflow, byType, problems, pins, onPanel } = props
  const store = useEditorStore()
  const show = (id: string) => {
    store.reveal(id)
    onPanel('step')
  }
  const back = () => onPanel('step')
  switch (panel) {
    case 'problems':
      return (
        <Opened onBack={back}>
          <ProblemsPanel problems={problems} specifications={byType} onJump={show} />
        </Opened>
      )
    case 'try':
      return (
        <Opened onBack={back}>
          <TryPanel
            specifications={byType}
            pins={pins}
            runs={props.runs}
            shown={props.shownRun}
            onRuns={props.onRuns}
            onShow={props.onShowRun}
            onStep={show}
          />
        </Opened>
      )
    case 'versions':
      return (
        <Opened onBack={back}>
          <VersionsPanel
            workflow={workflow}
            specifications={byType}
            comparison={props.comparison}
            onCompare={props.onCompare}
            onRestored={props.onRestored}
          />
        </Opened>
      )
    default:
      return <StepPanel {...props} />
  }
}

/** What a button of the header opened, with the way back. */
function Opened({ onBack, children }: { onBack: () => void; children: ReactNode }) {
  const doc = useDoc()
  const id = useSelectedId()
  const node = id ? nodeOf(doc, id) : undefined
  return (
    <div className="grid grid-cols-1 gap-2">
      <Button variant="ghost" size="sm" className="w-fit max-w-full px-1" onClick={onBack}>
        <ArrowLeft /> <span className="truncate">{node ? `Back to “${titleOf(node, null)}”` : 'All steps'}</span>
      </Button>
      {children}
    </div>
  )
}

const NO_NAMES: never[] = []

function StepPanel({ workflow, specifications, byType, commands, problems, pins, onPin, shownRun }: SidePanelProps) {
  const store = useEditorStore()
  const doc = useDoc()
  const id = useSelectedId()
  const node = id ? nodeOf(doc, id) : undefined
  const known = useQuery(variablesQuery()).data ?? NO_NAMES
  const [leadId, choose] = usePreviewLead()
  const own = useMemo(() => problems.filter((problem) => problem.nodeId === id), [problems, id])
  const context = useMemo(() => {
    const ran = Object.fromEntries((shownRun?.steps ?? []).map((step) => [step.node_id, step.output]))
    return {
      nodeId: id ?? '',
      variables: id ? variablesFor(doc, id, byType, known) : [],
      leadId,
      definition: () => definitionOf(store.doc),
      outputs: { ...ran, ...outputsOf(pins) },
      problems: new Map(own.flatMap((problem) => (problem.parameter ? [[problem.parameter, problem.words]] : []))),
    }
  }, [doc, id, byType, known, leadId, own, pins, shownRun, store])
  if (!node) return <SettingsPanel graph={graphOf(definitionOf(doc), specifications)} workflow={workflow} />
  return (
    <StepFormContext value={context}>
      <div className="grid grid-cols-1 gap-4">
        <Button variant="ghost" size="sm" className="-mb-2 w-fit px-1" onClick={() => store.select([])}>
          <ArrowLeft /> All steps
        </Button>
        {node.type !== 'note' && (
          <div className="rounded-md bg-surface-sunken p-2.5">
            {leadId === undefined ? (
              <LeadSearch label="Preview on a lead" onPick={choose} />
            ) : (
              <p className="flex flex-wrap items-center gap-2 text-[13px]">
                Preview on <ChosenLead id={leadId} onRemove={() => choose(undefined)} />
              </p>
            )}
          </div>
        )}
        <StepInspector
          key={node.id}
          node={node}
          specifications={byType}
          commands={commands}
          problems={own}
          leadId={leadId}
          pins={pins}
          onPin={onPin}
        />
      </div>
    </StepFormContext>
  )
}
