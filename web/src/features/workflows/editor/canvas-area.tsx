import { Plus } from 'lucide-react'
import { useMemo, useSyncExternalStore } from 'react'
import type { Difference, TriedRun } from '@/api/workflow-drafts'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import { type Marks, NO_MARKS } from '@/components/workflow-canvas/marks'
import { EditorCanvas } from './canvas'
import type { Commands } from './commands'
import { comparedWith } from './comparing'
import type { Specifications } from './document'
import { type Problem, problemCounts } from './problems'
import { useDoc, useEditor, useEditorStore } from './store'
import { EdgeRouter } from './tidy'
import { combined, marksOfRun } from './trying'
import type { Comparison } from './use-comparison'
import type { Pins } from './use-pins'

interface CanvasAreaProps {
  byType: Specifications
  commands: Commands
  problems: Problem[]
  pins: Pins
  run: TriedRun | undefined
  comparison: Comparison | null
  /** On a phone either this or the list of steps is all. */
  isChosen: boolean
}

const NO_DIFFERENCE: Difference = { nodes: [], edges: [], settings: [], words: [] }
const wide = matchMedia('(min-width: 48rem)')
const useIsWide = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      wide.addEventListener('change', listener)
      return () => wide.removeEventListener('change', listener)
    },
    () => wide.matches,
  )

/** The canvas with what is told on it: problems, test data, a dry run, another version. */
export function CanvasArea(props: CanvasAreaProps) {
  const { byType, commands, problems, pins, run, comparison, isChosen } = props
  const store = useEditorStore()
  const doc = useDoc()
  const isWide = useIsWide()
  const { before, after, difference } = comparison ?? {}
  const compared = useMemo(
    () => (before && after ? comparedWith(before, after, difference ?? NO_DIFFERENCE) : null),
    [before, after, difference],
  )
  const told = useMemo(() => toldMarks(problems, pins), [problems, pins])
  const marks = useMemo(
    () => compared?.marks ?? (run ? combined(told, marksOfRun(doc, run)) : told),
    [compared, told, run, doc],
  )
  const drawing = useEditor((state) => state.drawing)
  const router = useMemo(() => new EdgeRouter(byType), [byType])
  const drawn = compared?.doc ?? doc
  const bends = useMemo(() => router.route(drawn, drawing), [router, drawn, drawing])
  if (!isWide && !isChosen) return null
  return (
    <div className="relative min-w-0 flex-1 bg-surface-sunken">
      <EditorCanvas
        specifications={byType}
        commands={commands}
        marks={marks}
        bends={bends}
        shown={compared?.doc ?? null}
      />
      {doc.nodes.length === 0 && (
        <EmptyState
          title="Nothing happens yet"
          className="absolute inset-0 m-auto size-fit"
          actions={
            <Button variant="primary" onClick={() => store.choose({ kind: 'at', position: { x: 0, y: 0 } })}>
              <Plus /> Add the first step
            </Button>
          }
        >
          Most workflows begin with “Validate lead”. Drag it here, or press A.
        </EmptyState>
      )}
    </div>
  )
}

function toldMarks(problems: Problem[], pins: Pins): Marks {
  const pinned = Object.keys(pins)
  if (problems.length === 0 && pinned.length === 0) return NO_MARKS
  const nodes = new Map([...problemCounts(problems)].map(([id, count]) => [id, { problems: count, isPinned: false }]))
  for (const id of pinned) nodes.set(id, { problems: nodes.get(id)?.problems ?? 0, isPinned: true })
  return { nodes, edges: NO_MARKS.edges }
}
