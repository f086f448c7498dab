import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { z } from 'zod'
import { useStartEval } from '@/api/evals'
import { modelsQuery } from '@/api/models'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { formatMoney, modelName } from '@/lib/format'

const evalForm = z.object({
  model: z.string(),
  only: z.string().trim(),
  personas: z.string().trim(),
  repeat: z.string().trim().regex(/^\d+$/, 'Write a whole number.'),
  most_cost: z
    .string()
    .trim()
    .regex(/^\d+(\.\d+)?$/, 'Write an amount, as in 1 or 0.50.'),
})
type EvalForm = z.infer<typeof evalForm>

/** What to play, on which model, and the most that it may cost. */
export function StartSheet({ onClose }: { onClose: () => void }) {
  const models = useQuery(modelsQuery()).data ?? []
  const start = useStartEval()
  const navigate = useNavigate()
  const save = async ({ model, only, personas, repeat, most_cost }: EvalForm) => {
    const run = await start.mutateAsync({
      model: model || null,
      only,
      personas: personas.split(/[\s,]+/).filter(Boolean),
      repeat: Number(repeat),
      most_turns: 12,
      most_cost,
    })
    // Once the sheet has closed: it asks whoever leaves it with changes.
    setTimeout(() => void navigate({ to: '/evals/$runId', params: { runId: run.id } }))
  }
  return (
    <FormSheet<EvalForm>
      title="Start a run"
      description="It plays in a database of its own. Nobody is written to, and no lead is touched."
      action="Start run"
      schema={evalForm}
      defaultValues={{ model: '', only: '', personas: '', repeat: '1', most_cost: '1' }}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <Field label="Model" error={errors.model?.message}>
            {(control) => (
              <NativeSelect {...control} {...register('model')}>
                <option value="">The installation’s default</option>
                {models.map(({ name }) => (
                  <option key={name} value={name}>
                    {modelName(name)}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field
            label="Only scripts with"
            error={errors.only?.message}
            hint="Part of a script’s name; empty plays all."
          >
            {(control) => <Input {...control} autoComplete="off" {...register('only')} />}
          </Field>
          <Field
            label="Simulated leads"
            error={errors.personas?.message}
            hint="Names with commas between them; they are played in place of scripts."
          >
            {(control) => <Input {...control} autoComplete="off" {...register('personas')} />}
          </Field>
          <Field label="Each so many times" error={errors.repeat?.message}>
            {(control) => <Input {...control} inputMode="numeric" {...register('repeat')} />}
          </Field>
          <Field label="At most, in US dollars" error={errors.most_cost?.message}>
            {(control) => <Input {...control} inputMode="decimal" {...register('most_cost')} />}
          </Field>
          <Notice tone="info">
            The run may cost up to {formatMoney(Number(watch('most_cost')) || 0)}. It stops before it spends more.
          </Notice>
        </>
      )}
    </FormSheet>
  )
}
