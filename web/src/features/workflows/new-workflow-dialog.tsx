import { useNavigate } from '@tanstack/react-router'
import { Sparkles } from 'lucide-react'
import { useState } from 'react'
import { type Described, useCreateWorkflow, useDescribe } from '@/api/workflow-drafts'
import type { NodeSpecification, Workflow, WorkflowDefinition } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { ErrorState, Notice } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { graphOf } from '@/components/workflow-canvas/graph'
import { Outline } from '@/components/workflow-canvas/outline'
import { plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'

interface NewWorkflowDialogProps {
  shipped: Workflow[]
  specifications: NodeSpecification[]
  onClose: () => void
}

type Way = 'describe' | 'template' | 'blank'

const WAYS = [
  { value: 'describe', label: 'Describe it' },
  { value: 'template', label: 'From a template' },
  { value: 'blank', label: 'Blank' },
] as const

/** A new workflow starts empty but for its beginning and its end. */
const BLANK: WorkflowDefinition = {
  nodes: [
    { id: 'validate', type: 'validate', data: {} },
    { id: 'finalize', type: 'finalize', data: {} },
  ],
  edges: [{ source: 'validate', target: 'finalize', sourceHandle: 'passed' }],
} as unknown as WorkflowDefinition

/** Without places: the editor's layout knows how high the steps are, whoever drafted them does not. */
const unplaced = (definition: WorkflowDefinition): WorkflowDefinition => ({
  ...definition,
  nodes: definition.nodes.map(({ position: _, ...node }) => node),
})

/** Starts a workflow: in words, from a shipped one, or from nothing. It is a draft; nothing is published by this. */
export function NewWorkflowDialog({ shipped, specifications, onClose }: NewWorkflowDialogProps) {
  const navigate = useNavigate()
  const create = useCreateWorkflow()
  const describe = useDescribe()
  const [way, setWay] = useState<Way>('describe')
  const [name, setName] = useState('')
  const [text, setText] = useState('')
  const [template, setTemplate] = useState(shipped[0]?.id)
  const described = way === 'describe' ? describe.data : undefined
  const chosen = shipped.find((one) => one.id === template)
  const config =
    way === 'describe'
      ? described && unplaced(described.config)
      : way === 'template'
        ? (chosen?.config as unknown as WorkflowDefinition)
        : BLANK
  const shownName = name || described?.name || ''
  const make = () => {
    if (!config) return
    const description =
      way === 'describe' ? (described?.description ?? '') : way === 'template' ? (chosen?.description ?? '') : ''
    create.mutate(
      { name: shownName.trim(), description, config, publish: false },
      {
        onSuccess: (made) => navigate({ to: '/workflows/$workflowId/edit', params: { workflowId: made.id } }),
        onError: toastProblem,
      },
    )
  }
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent
        title="New workflow"
        description="It begins as a draft. Campaigns can follow it once you publish it."
        className="max-w-xl"
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" disabled={!config || !shownName.trim()} isBusy={create.isPending} onClick={make}>
              Create draft
            </Button>
          </>
        }
      >
        <div className="grid grid-cols-1 gap-4">
          <Segmented label="How to begin" value={way} choices={WAYS} onChange={setWay} />
          {way === 'describe' && (
            <>
              <Field label="Your outreach, in your own words">
                {(control) => (
                  <Textarea
                    {...control}
                    className="min-h-28"
                    maxLength={4000}
                    placeholder="Text new leads, wait two days for a reply, call those who don’t answer, and tell sales about everybody who is interested."
                    value={text}
                    onChange={(event) => setText(event.target.value)}
                  />
                )}
              </Field>
              <Button
                className="w-fit"
                disabled={text.trim().length < 10}
                isBusy={describe.isPending}
                onClick={() => describe.mutate(text.trim())}
              >
                <Sparkles /> {described ? 'Draft it anew' : 'Draft it'}
              </Button>
              {describe.error && <ErrorState error={describe.error} className="py-4" />}
              {described && <Draft described={described} specifications={specifications} />}
            </>
          )}
          {way === 'template' && (
            <fieldset className="grid gap-1.5">
              <legend className="mb-1 font-medium text-[13px]">Templates</legend>
              {shipped.map((one) => (
                <label
                  key={one.id}
                  className="flex cursor-pointer items-start gap-2.5 rounded-lg border p-3 has-checked:border-primary has-checked:bg-primary-soft"
                >
                  <input
                    type="radio"
                    name="template"
                    className="mt-1"
                    checked={one.id === template}
                    onChange={() => setTemplate(one.id)}
                  />
                  <span>
                    <span className="block font-medium text-[13px]">{one.name}</span>
                    <span className="block text-[13px] text-muted-foreground">{one.description}</span>
                  </span>
                </label>
              ))}
            </fieldset>
          )}
          <Field label="Name" required>
            {(control) => (
              <Input {...control} maxLength={120} value={shownName} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        </div>
      </DialogContent>
    </Dialog>
  )
}

function Draft({ described, specifications }: { described: Described; specifications: NodeSpecification[] }) {
  return (
    <div className="grid gap-3 rounded-lg bg-surface-sunken p-3" aria-live="polite">
      {described.explanation && <p className="whitespace-pre-wrap text-[13px]">{described.explanation}</p>}
      <Outline graph={graphOf(described.config, specifications)} />
      {described.problems.length > 0 && (
        <Notice tone="warning">
          {plural(described.problems.length, 'thing')} to put right before it can be published:{' '}
          {described.problems[0]?.problem}
        </Notice>
      )}
    </div>
  )
}
