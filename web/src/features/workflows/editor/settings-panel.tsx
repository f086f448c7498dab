import { NativeSelect } from '@/components/ui/input'
import { SwitchField } from '@/components/ui/switch-field'
import type { Graph } from '../graph'
import { Outline } from '../outline'
import { setSettings } from './document'
import { FieldRow } from './field-row'
import { useDoc, useEditor, useEditorStore } from './store'

/** With nothing selected: the steps as a list, and what holds for the whole workflow. */
export function SettingsPanel({ graph }: { graph: Graph }) {
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
          <Outline graph={graph} selected={undefined} onSelect={(id) => store.select([id])} />
        )}
      </section>
      <section aria-labelledby="settings-title" className="grid gap-3 border-t px-2 pt-4">
        <h2 id="settings-title" className="font-semibold text-sm">
          The whole workflow
        </h2>
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
