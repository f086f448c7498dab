import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { z } from 'zod'
import { type AgentType, builtInAgentsQuery, useCreateAgent } from '@/api/agents'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'
import { TYPES } from './words'

const newAgent = z.object({
  name: z.string().trim().min(1, 'Give the agent a name.').max(120, 'At most 120 characters.'),
  agent_type: z.enum(TYPES.map((known) => known.type)),
  system_prompt: z.string().trim().min(1, 'Say who the agent is and what it is to achieve.').max(20_000),
})

type NewAgent = z.infer<typeof newAgent>

/** Name, work and prompt; everything else is set in the editor, which opens next. */
export function NewAgentSheet({ type, onClose }: { type: AgentType; onClose: () => void }) {
  const creating = useCreateAgent()
  const navigate = useNavigate()
  const shipped = useQuery(builtInAgentsQuery()).data ?? []
  const create = async (values: NewAgent) => {
    const { agent_type } = values
    const model = shipped.find((agent) => agent.agent_type === agent_type)
    const made = await creating.mutateAsync({
      name: values.name,
      system_prompt: values.system_prompt,
      agent_type,
      description: '',
      model: null,
      temperature: model?.temperature ?? 0.7,
      tools: model?.tools ?? [],
      ...(model && { guardrails: model.guardrails }),
      publish: false,
    } as Parameters<typeof creating.mutateAsync>[0])
    // After the sheet has closed itself, whose address this replaces.
    setTimeout(() => navigate({ to: '/agents/$agentKey', params: { agentKey: String(made.id) } }))
  }
  return (
    <FormSheet<NewAgent>
      title="New agent"
      description="It begins as a draft with the tools and guardrails of its kind; it speaks once you publish it."
      action="Create agent"
      schema={newAgent}
      defaultValues={{ name: '', agent_type: type, system_prompt: '' }}
      save={create}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Field label="Name" required error={errors.name?.message} hint="As you call it; leads don’t see it.">
            {(control) => <Input {...control} autoComplete="off" {...register('name')} />}
          </Field>
          <Field label="Work" required error={errors.agent_type?.message}>
            {(control) => (
              <NativeSelect {...control} {...register('agent_type')}>
                {TYPES.map((known) => (
                  <option key={known.type} value={known.type}>
                    {known.label}: {known.work}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field
            label="Prompt"
            required
            error={errors.system_prompt?.message}
            hint="Who it is, what it is to achieve, how it speaks, what it must never promise."
          >
            {(control) => (
              <Textarea
                {...control}
                className="min-h-60"
                placeholder="You are the friendly assistant of {{sender}} …"
                {...register('system_prompt')}
              />
            )}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
