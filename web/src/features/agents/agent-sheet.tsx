import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { type Agent, type AgentIn, useSaveAgent } from '@/api/agents'
import { modelsQuery } from '@/api/models'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, Textarea } from '@/components/ui/input'
import { formatNumber } from '@/lib/format'

const LONGEST_PROMPT = 20_000

/** What the form holds; an empty model means the installation's default. */
const agentForm = z.object({
  name: z.string().trim().min(1, 'Give the agent a name.').max(120, 'At most 120 characters.'),
  system_prompt: z
    .string()
    .trim()
    .min(1, 'Say who the agent is and what it is to achieve.')
    .max(LONGEST_PROMPT, `At most ${formatNumber(LONGEST_PROMPT)} characters.`),
  model: z
    .string()
    .trim()
    .regex(/^$|^offline$|^[a-z0-9_-]+:.+/, 'Write provider:model, as in openai:gpt-4o-mini.'),
}) satisfies z.ZodType<Pick<AgentIn, 'name' | 'system_prompt' | 'model'>>

type AgentForm = z.infer<typeof agentForm>

/** Creates an agent (`agent` null) or changes it. */
export function AgentSheet({ agent, onClose }: { agent: Agent | null; onClose: () => void }) {
  const saving = useSaveAgent()
  const models = useQuery(modelsQuery()).data ?? []
  const fallback = models.find((model) => model.is_default)?.name
  const save = (values: AgentForm) =>
    saving.mutateAsync({
      id: agent?.id ?? null,
      body: { ...values, model: values.model || null, tools: agent?.tools ?? [] },
    })
  return (
    <FormSheet<AgentForm>
      title={agent ? 'Edit agent' : 'New agent'}
      description={agent ? 'Campaigns that use it speak this way from their next text on.' : undefined}
      action={agent ? 'Save changes' : 'Create agent'}
      schema={agentForm}
      defaultValues={{
        name: agent?.name ?? '',
        system_prompt: agent?.system_prompt ?? '',
        model: agent?.model ?? '',
      }}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <Field label="Name" required error={errors.name?.message} hint="As you call it; leads don’t see it.">
            {(control) => <Input {...control} autoComplete="off" {...register('name')} />}
          </Field>
          <Field
            label="Prompt"
            required
            error={errors.system_prompt?.message}
            hint={
              <span className="flex justify-between gap-4">
                <span>Who it is, what it is to achieve, how it speaks, what it must never promise.</span>
                <span className="tabular shrink-0">
                  {formatNumber(watch('system_prompt').length)} / {formatNumber(LONGEST_PROMPT)}
                </span>
              </span>
            }
          >
            {(control) => (
              <Textarea
                {...control}
                className="min-h-72"
                placeholder="You are the friendly assistant of …"
                {...register('system_prompt')}
              />
            )}
          </Field>
          <Field
            label="Model"
            error={errors.model?.message}
            hint="As provider:model, as in openai:gpt-4o-mini. Empty takes the installation’s default."
          >
            {(control) => (
              <>
                <Input
                  {...control}
                  list={`${control.id}-models`}
                  autoComplete="off"
                  placeholder={fallback && `Default: ${fallback}`}
                  {...register('model')}
                />
                <datalist id={`${control.id}-models`}>
                  {models.map((model) => (
                    <option key={model.name} value={model.name} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
