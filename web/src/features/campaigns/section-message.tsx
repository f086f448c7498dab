import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Info } from 'lucide-react'
import { leadValuesQuery } from '@/api/leads'
import { modelsQuery } from '@/api/models'
import { Field } from '@/components/ui/field'
import { NativeSelect, Textarea } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { modelName } from '@/lib/format'
import { PreviewPanel } from './preview-panel'
import type { SectionProps } from './section-props'
import { TemplateEditor } from './template-editor'

const NONE: string[] = []

interface MessageSectionProps extends SectionProps {
  /** False where every step of the workflow carries its own words. */
  usesTemplate: boolean
}

export function MessageSection({ campaign, form, isLocked, usesTemplate }: MessageSectionProps) {
  const { draft, problems, set } = form
  const attributes = useQuery(leadValuesQuery('attributes')).data?.values
  const models = useQuery(modelsQuery())
  const standard = models.data?.find((model) => model.is_default)
  const chosen = models.data?.find((model) => (draft.model === null ? model.is_default : model.name === draft.model))
  return (
    <div className="grid gap-6 xl:grid-cols-[1fr_22rem]">
      <div className="grid min-w-0 gap-5">
        {!usesTemplate && (
          <Notice icon={Info}>
            The chosen workflow carries its own texts: this template is not used.{' '}
            {draft.workflow_id !== null && (
              <Link
                to="/workflows/$workflowId"
                params={{ workflowId: draft.workflow_id }}
                className="underline underline-offset-4"
              >
                See its texts
              </Link>
            )}
          </Notice>
        )}
        <TemplateEditor
          value={draft.sms_template ?? ''}
          attributes={attributes ?? NONE}
          error={problems.sms_template}
          isLocked={isLocked('sms_template')}
          onChange={(text) => set({ sms_template: text || null })}
        />
        <Field
          label="Instructions for the model"
          error={problems.sms_system_prompt}
          hint="Tone, goal, what to say and what not. They go to the model before each text, and to the agent that answers."
        >
          {(control) => (
            <Textarea
              {...control}
              rows={6}
              maxLength={20_000}
              value={draft.sms_system_prompt}
              disabled={isLocked('sms_system_prompt')}
              onChange={(event) => set({ sms_system_prompt: event.target.value })}
            />
          )}
        </Field>
        <div className="grid items-start gap-4 sm:grid-cols-2">
          <Field label="Model" error={problems.model}>
            {(control) => (
              <NativeSelect
                {...control}
                value={draft.model ?? ''}
                disabled={isLocked('model')}
                onChange={(event) => set({ model: event.target.value || null })}
              >
                <option value="">Default{standard ? ` (${modelName(standard.name)})` : ''}</option>
                {draft.model && !models.data?.some((model) => model.name === draft.model) && (
                  <option value={draft.model}>{modelName(draft.model)}</option>
                )}
                {models.data?.map((model) => (
                  <option key={model.name} value={model.name}>
                    {modelName(model.name)}
                    {model.problem ? ' – can not be used now' : ''}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field
            label={`Temperature ${(draft.sms_temperature / 100).toFixed(2)}`}
            error={problems.sms_temperature}
            hint="Low: every text much alike. High: more variety, more surprises."
          >
            {(control) => (
              <input
                {...control}
                type="range"
                min={0}
                max={100}
                step={5}
                className="h-8 w-full accent-primary"
                value={draft.sms_temperature}
                disabled={isLocked('sms_temperature')}
                onChange={(event) => set({ sms_temperature: Number(event.target.value) })}
              />
            )}
          </Field>
        </div>
      </div>
      <PreviewPanel campaign={campaign} draft={draft} isFree={chosen?.is_offline ?? false} />
    </div>
  )
}
