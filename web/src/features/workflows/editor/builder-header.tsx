import { useNavigate } from '@tanstack/react-router'
import {
  CircleAlert,
  CircleCheck,
  Download,
  EllipsisVertical,
  FlaskConical,
  History,
  LayoutList,
  Redo2,
  Rocket,
  Trash2,
  Undo2,
  Upload,
} from 'lucide-react'
import { useRef, useState } from 'react'
import { useDeleteWorkflow } from '@/api/workflow-drafts'
import type { Workflow } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import { downloadFrom } from '@/lib/download'
import { plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { fragmentFrom } from './clipboard'
import type { Commands } from './commands'
import type { Doc } from './document'
import type { Panel } from './panels'
import { useEditor, useEditorStore } from './store'
import type { DraftSaver } from './use-draft'
import type { Checked } from './use-problems'

interface BuilderActionsProps {
  workflow: Workflow
  commands: Commands
  draft: DraftSaver
  checked: Checked
  panel: Panel
  onPanel: (panel: Panel) => void
  onPublish: () => void
}

/** Buttons of the editor: history, checks, dry run, versions, publish. */
export function BuilderActions({ workflow, commands, draft, checked, panel, onPanel, onPublish }: BuilderActionsProps) {
  const store = useEditorStore()
  const canUndo = useEditor((state) => state.history.past.length > 0)
  const canRedo = useEditor((state) => state.history.future.length > 0)
  const { problems, isChecked } = checked
  const why = problems[0] ? `${problems[0].words} ${problems[0].remedy}` : undefined
  const toggle = (wanted: Panel) => onPanel(panel === wanted ? 'step' : wanted)
  return (
    <>
      <span className="flex">
        <Button variant="ghost" size="icon" aria-label="Undo" title="Undo" disabled={!canUndo} onClick={store.undo}>
          <Undo2 />
        </Button>
        <Button variant="ghost" size="icon" aria-label="Redo" title="Redo" disabled={!canRedo} onClick={store.redo}>
          <Redo2 />
        </Button>
      </span>
      <Button variant="ghost" aria-pressed={panel === 'problems'} onClick={() => toggle('problems')}>
        {problems.length > 0 ? <CircleAlert className="text-danger-text" /> : <CircleCheck />}
        {problems.length > 0 ? plural(problems.length, 'problem') : 'No problems'}
      </Button>
      <Button aria-pressed={panel === 'try'} onClick={() => toggle('try')}>
        <FlaskConical /> Dry run
      </Button>
      <Button aria-pressed={panel === 'versions'} onClick={() => toggle('versions')}>
        <History /> Versions
      </Button>
      <Button
        variant="primary"
        disabled={problems.length > 0 || !isChecked}
        title={problems.length > 0 ? why : isChecked ? undefined : 'Being checked'}
        onClick={onPublish}
      >
        <Rocket /> Publish
      </Button>
      <MoreMenu workflow={workflow} commands={commands} draft={draft} />
    </>
  )
}

interface MoreMenuProps {
  workflow: Workflow
  commands: Commands
  draft: DraftSaver
}

function MoreMenu({ workflow, commands, draft }: MoreMenuProps) {
  const navigate = useNavigate()
  const remove = useDeleteWorkflow()
  const [isAsking, setAsking] = useState(false)
  const store = useEditorStore()
  const file = useRef<HTMLInputElement>(null)
  const read = async (chosen: File | undefined) => {
    if (!chosen) return
    const fragment = fragmentFrom(await chosen.text())
    if (!fragment) {
      toastProblem(`${chosen.name} holds no workflow. Choose a file that was exported from one.`)
      return
    }
    const doc: Doc = { ...fragment, settings: store.doc.settings }
    store.edit(() => doc)
    if (doc.nodes.every(({ position }) => position.x === 0)) commands.tidy()
  }
  const save = async () => {
    // The server writes it: other workflows are named in it, which it alone knows.
    if (await draft.save()) downloadFrom(`/api/workflows/${workflow.id}/export?version=draft`)
  }
  const erase = () =>
    remove.mutate(workflow.id, { onSuccess: () => navigate({ to: '/workflows' }), onError: toastProblem })
  return (
    <>
      <input
        ref={file}
        type="file"
        accept="application/json,.json"
        className="hidden"
        aria-label="File of a workflow"
        onChange={(event) => {
          void read(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon" aria-label="More">
            <EllipsisVertical />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={() => commands.tidy()}>
            <LayoutList /> Arrange by itself
          </MenuItem>
          <MenuItem onSelect={() => void save()}>
            <Download /> Export the draft
          </MenuItem>
          <MenuItem onSelect={() => file.current?.click()}>
            <Upload /> Replace the draft by a file …
          </MenuItem>
          <MenuSeparator />
          <MenuItem isDangerous onSelect={() => setAsking(true)}>
            <Trash2 /> Delete the workflow …
          </MenuItem>
        </MenuContent>
      </Menu>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Delete “${workflow.name}”?`}
        description="Its draft and all of its versions are deleted. That is refused while a campaign uses it."
        action="Delete"
        isDangerous
        isBusy={remove.isPending}
        onConfirm={erase}
      />
    </>
  )
}
