import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { useRenameWorkflow } from '@/api/workflow-drafts'
import type { Workflow } from '@/api/workflows'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'
import { SwitchField } from '@/components/ui/switch-field'
import type { Graph } from '@/components/workflow-canvas/graph'
import { Outline } from '@/components/workflow-canvas/outline'
import { setSettings } from './document'
import { FieldRow } from './field-row'
import { useDoc, useEditor, useEditorStore } from './store'

/** With nothing selected: the steps as a list, and what holds for the whole workflow. */
export function SettingsPanel({ graph, workflow }: { graph: Graph; workflow: Workflow }) {
  const store = useEditorStore()
  const doc = useDoc()
  const selected = useEditor((state) => state.selected)
  const set = (name: string, value: unknown) => {
    const { [name]: _, ...rest } = doc.settings
    store.edit((before) => setSettings(before, value === undefined ? rest : { ...rest, [name]: value }))
  }
  return (
    <div className="grid grid-cols-1 gap-5">
      <section aria-labelledby="outline-title">
        <h2 id="outline-title" className="mb-1 px-2 font-semibold text-sm">
          Steps
        </h2>
        {selected.size > 1 && (
          <p className="px-2 pb-2 text-[13px] text-muted-foreground">{selected.size} are selected on the canvas.</p>
        )}
        {graph.length === 0 ? (
          <p className="px-2 text-[13px] text-muted-foreground">Nothing happens yet. Add a first step.</p>
        ) : (
          <Outline graph={graph} selected={undefined} onSelect={(id) => store.reveal(id)} />
        )}
      </section>
      <section aria-labelledby="settings-title" className="grid gap-3 border-t px-2 pt-4">
        <h2 id="settings-title" className="font-semibold text-sm">
          The whole workflow
        </h2>
        <Naming workflow={workflow} />
        <SwitchField
          label="Stop on reply"
          checked={doc.settings.stop_on_reply !== false}
          onCheckedChange={(isOn) => set('stop_on_reply', isOn ? undefined : false)}
        >
          {doc.settings.stop_on_reply !== false
            ? 'A lead who writes leaves the workflow, unless it waits for a reply.'
            : 'It goes on whatever a lead writes.'}
        </SwitchField>
        <FieldRow label="When a step fails" hint="For steps whose own outcome “On error” leads nowhere.">
          {(ids) => (
            <NativeSelect
              {...ids}
              value={typeof doc.settings.on_error === 'string' ? doc.settings.on_error : ''}
              onChange={(event) => set('on_error', event.target.value || undefined)}
            >
              <option value="">The run ends as failed</option>
              {graph.map((node) => (
                <option key={node.id} value={node.id}>
                  Go to {node.label} ({node.id})
                </option>
              ))}
            </NativeSelect>
          )}
        </FieldRow>
      </section>
    </div>
  )
}

/** Name and description; kept when the field is left. */
function Naming({ workflow }: { workflow: Workflow }) {
  const rename = useRenameWorkflow(workflow.id)
  const [name, setName] = useState(workflow.name)
  const [description, setDescription] = useState(workflow.description)
  const keep = () => {
    if (name.trim() === workflow.name && description === workflow.description) return
    if (name.trim()) rename.mutate({ name: name.trim(), description })
  }
  const problem = rename.error instanceof ApiProblem ? `${rename.error.detail} ${rename.error.remedy}` : undefined
  return (
    <>
      <FieldRow label="Name" isRequired error={name.trim() ? problem : 'It needs a name.'}>
        {(ids) => (
          <Input
            {...ids}
            maxLength={120}
            value={name}
            onChange={(event) => setName(event.target.value)}
            onBlur={keep}
          />
        )}
      </FieldRow>
      <FieldRow label="Description">
        {(ids) => (
          <Textarea
            {...ids}
            maxLength={2000}
            value={description}
            onChange={(event) => setDescription(event.target.value)}
            onBlur={keep}
          />
        )}
      </FieldRow>
    </>
  )
}
