import { useBlocker } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { type Agent, useSaveAgent } from '@/api/agents'
import { useApiForm } from '@/components/form/use-api-form'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { useShortcuts } from '@/lib/shortcuts'
import { type Draft, draftForm, draftOf, patchOf } from './draft'
import { GuardrailFields } from './guardrail-fields'
import { changedFields } from './meanwhile'
import { MeanwhileNotice } from './meanwhile-notice'
import { ModelFields } from './model-fields'
import { PromptEditor } from './prompt-editor'
import { ToolFields } from './tool-fields'

/** The draft of a stored agent. Saving keeps it; leads hear it once it is published. */
export function AgentEditor({ agent }: { agent: Agent }) {
  const saving = useSaveAgent(agent.id)
  /** What the form's values stand on: an edit is saved as one of this revision. */
  const base = useRef(agent.revision)
  const { form, onSubmit, problem } = useApiForm<Draft>({
    schema: draftForm,
    defaultValues: draftOf(agent),
    save: async (values) => {
      const saved = await saving.mutateAsync({ ...patchOf(values), revision: base.current })
      base.current = saved.revision
      // What was typed while it was saved stays, as a change.
      const current = form.getValues()
      form.reset(draftOf(saved))
      if (JSON.stringify(current) !== JSON.stringify(values)) {
        for (const [name, value] of Object.entries(current)) {
          form.setValue(name as keyof Draft, value as never, { shouldDirty: true })
        }
      }
    },
  })
  const { isDirty, isSubmitting, errors } = form.formState
  const [meanwhile, setMeanwhile] = useState<string[] | null>(null)
  useEffect(() => {
    // Older ones arrive, too: an answer that was on its way when this was saved.
    if (agent.revision <= base.current) return setMeanwhile(null)
    // Restored, or changed by somebody else. What was typed here is nobody's to throw away.
    if (isDirty) return setMeanwhile(changedFields(startOf(form), draftOf(agent)))
    base.current = agent.revision
    form.reset(draftOf(agent))
    setMeanwhile(null)
  }, [agent, form, isDirty])
  const loadTheirs = () => {
    base.current = agent.revision
    form.reset(draftOf(agent))
    setMeanwhile(null)
  }
  const keepMine = () => {
    base.current = agent.revision
    form.reset(draftOf(agent), { keepDirtyValues: true })
    setMeanwhile(null)
    return onSubmit()
  }
  const isRefused = problem?.type.endsWith(':agent-edited-meanwhile')
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) =>
      isDirty &&
      (current.pathname !== next.pathname ||
        (current.search as { tab?: string }).tab !== (next.search as { tab?: string }).tab),
    enableBeforeUnload: () => isDirty,
    withResolver: true,
  })
  useShortcuts([{ keys: 'mod+s', label: 'Save the draft', group: 'Agents', run: () => void onSubmit() }])
  return (
    <form noValidate onSubmit={onSubmit} className="grid gap-6 pb-4">
      {meanwhile && (
        <MeanwhileNotice
          theirs={agent}
          changed={meanwhile}
          isBusy={isSubmitting}
          onTheirs={loadTheirs}
          onMine={() => void keepMine()}
        />
      )}
      {problem && !isRefused && (
        <Notice tone="danger">
          <span role="alert">{[problem.detail || problem.title, problem.remedy].filter(Boolean).join(' ')}</span>
        </Notice>
      )}
      {agent.warnings.map((warning) => (
        <Notice key={warning.problem} tone="warning">
          {[warning.problem, warning.remedy].filter(Boolean).join(' ')}
        </Notice>
      ))}
      <PromptEditor form={form} />
      <div className="grid gap-x-6 gap-y-5 lg:grid-cols-2">
        <div className="grid content-start gap-5">
          <Field label="Name" required error={errors.name?.message} hint="As you call it; leads don’t see it.">
            {(control) => <Input {...control} autoComplete="off" {...form.register('name')} />}
          </Field>
          <Field label="Description" error={errors.description?.message} hint="What it is for, in a sentence.">
            {(control) => <Input {...control} autoComplete="off" {...form.register('description')} />}
          </Field>
          <ModelFields form={form} />
          <ToolFields form={form} agentType={agent.agent_type} />
        </div>
        <GuardrailFields form={form} />
      </div>
      <footer className="sticky bottom-0 -mx-4 flex flex-wrap items-center gap-2 border-t bg-background px-4 py-3 md:-mx-6 md:px-6">
        <p className="mr-auto text-[13px] text-muted-foreground" role="status">
          {isDirty ? 'Changes that are not saved yet.' : 'The draft is saved. It speaks once it is published.'}
        </p>
        <Button disabled={!isDirty} onClick={() => form.reset(draftOf(agent))}>
          Discard changes
        </Button>
        <Button type="submit" variant="primary" isBusy={isSubmitting} disabled={!isDirty}>
          Save draft
        </Button>
      </footer>
      <Confirm
        open={blocker.status === 'blocked'}
        onOpenChange={(open) => !open && blocker.reset?.()}
        title="Leave without saving?"
        description="What you changed here will be lost."
        action="Leave"
        stay="Keep editing"
        isDangerous
        onConfirm={() => blocker.proceed?.()}
      />
    </form>
  )
}

/** The draft as it was when the editing began. */
const startOf = (form: UseFormReturn<Draft>) => form.formState.defaultValues as Draft
