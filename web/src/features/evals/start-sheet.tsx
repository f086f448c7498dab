import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useId } from 'react'
import { z } from 'zod'
import { evalChoicesQuery, useStartEval } from '@/api/evals'
import { modelsQuery } from '@/api/models'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { formatMoney, modelName, plural } from '@/lib/format'
import { conversationsOf } from './compare'
import { Personas } from './personas'

const evalForm = z
  .object({
    model: z.string(),
    plays: z.enum(['scripts', 'personas']),
    only: z.string().trim(),
    personas: z.array(z.string()),
    repeat: z.string().trim().regex(/^\d+$/, 'Write a whole number.'),
    most_cost: z
      .string()
      .trim()
      .regex(/^\d+(\.\d+)?$/, 'Write an amount, as in 1 or 0.50.'),
  })
  .refine(({ plays, personas }) => plays === 'scripts' || personas.length > 0, {
    path: ['personas'],
    message: 'Choose at least one.',
  })
type EvalForm = z.infer<typeof evalForm>

/** What to play, on which model, and the most that it may cost. */
export function StartSheet({ onClose }: { onClose: () => void }) {
  const models = useQuery(modelsQuery()).data ?? []
  const choices = useQuery(evalChoicesQuery()).data
  const start = useStartEval()
  const names = useId()
  const navigate = useNavigate()
  const save = async ({ model, plays, only, personas, repeat, most_cost }: EvalForm) => {
    const run = await start.mutateAsync({
      model: model || null,
      only: plays === 'scripts' ? only : '',
      personas: plays === 'personas' ? personas : [],
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
      defaultValues={{ model: '', plays: 'scripts', only: '', personas: [], repeat: '1', most_cost: '1' }}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, setValue, formState: { errors } }) => (
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
          <Field label="Conversations">
            {(control) => (
              <NativeSelect {...control} {...register('plays')}>
                <option value="scripts">Scripts: each turn has an expectation</option>
                <option value="personas">Simulated leads: they converse until an end</option>
              </NativeSelect>
            )}
          </Field>
          {watch('plays') === 'scripts' ? (
            <Field
              label="Only scripts with"
              error={errors.only?.message}
              hint="Part of a script’s name, as in price or -es; empty plays all."
            >
              {(control) => <Input {...control} autoComplete="off" list={names} {...register('only')} />}
            </Field>
          ) : (
            <Personas
              personas={choices?.personas ?? []}
              chosen={watch('personas')}
              onChange={(chosen) => setValue('personas', chosen, { shouldDirty: true, shouldValidate: true })}
              error={errors.personas?.message}
            />
          )}
          <datalist id={names}>
            {choices?.scripts.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Field label="Each so many times" error={errors.repeat?.message}>
            {(control) => <Input {...control} inputMode="numeric" {...register('repeat')} />}
          </Field>
          <Field label="At most, in US dollars" error={errors.most_cost?.message}>
            {(control) => <Input {...control} inputMode="decimal" {...register('most_cost')} />}
          </Field>
          <Notice tone="info">
            {choices && `Plays ${plural(conversationsOf(watch(), choices), 'conversation')}. `}
            The run may cost up to {formatMoney(Number(watch('most_cost')) || 0)}. It stops before it spends more.
          </Notice>
        </>
      )}
    </FormSheet>
  )
}
