import { useId } from 'react'
import { Controller } from 'react-hook-form'
import { z } from 'zod'
import type { Fact } from '@/api/notifications'
import { type Endpoint, useAddEndpoint, useChangeEndpoint } from '@/api/outgoing-webhooks'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Checkbox } from '@/components/ui/toggles'

const endpointForm = z.object({
  url: z
    .string()
    .trim()
    .regex(/^https?:\/\/\S+$/, 'Write an address, as in https://example.com/hooks.'),
  description: z.string().trim().max(200, 'At most 200 characters.'),
  facts: z.array(z.string()),
})
type EndpointForm = z.infer<typeof endpointForm>

interface EndpointSheetProps {
  /** None: a new one. */
  endpoint: Endpoint | null
  facts: Fact[]
  onClose: () => void
  onSecret: (secret: string) => void
}

export function EndpointSheet({ endpoint, facts, onClose, onSecret }: EndpointSheetProps) {
  const add = useAddEndpoint()
  const change = useChangeEndpoint()
  const save = async (values: EndpointForm) => {
    if (endpoint) return change.mutateAsync({ id: endpoint.id, ...values })
    const created = await add.mutateAsync({ ...values, enabled: true })
    onSecret(created.secret)
    return created
  }
  return (
    <FormSheet<EndpointForm>
      title={endpoint ? 'Edit endpoint' : 'Add endpoint'}
      description="It is called with a POST for each message."
      action={endpoint ? 'Save changes' : 'Add endpoint'}
      schema={endpointForm}
      defaultValues={{
        url: endpoint?.url ?? '',
        description: endpoint?.description ?? '',
        facts: endpoint?.facts ?? [],
      }}
      save={save}
      onClose={onClose}
    >
      {({ register, control, formState: { errors } }) => (
        <>
          <Field label="Address" required error={errors.url?.message} hint="Public and encrypted: https://…">
            {(field) => <Input {...field} inputMode="url" autoComplete="off" spellCheck={false} {...register('url')} />}
          </Field>
          <Field label="Description" error={errors.description?.message} hint="As your team calls it.">
            {(field) => <Input {...field} autoComplete="off" {...register('description')} />}
          </Field>
          <Controller
            control={control}
            name="facts"
            render={({ field }) => (
              <FactChoice facts={facts} chosen={field.value} onChange={field.onChange} error={errors.facts?.message} />
            )}
          />
        </>
      )}
    </FormSheet>
  )
}

interface FactChoiceProps {
  facts: Fact[]
  chosen: string[]
  onChange: (chosen: string[]) => void
  error: string | undefined
}

/** No choice means all, now and later. */
function FactChoice({ facts, chosen, onChange, error }: FactChoiceProps) {
  const id = useId()
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-medium text-[13px]">Messages</legend>
      <p className="text-[13px] text-muted-foreground">
        {chosen.length === 0 ? 'None is chosen: it gets all, also those of later versions.' : 'It gets only these.'}
      </p>
      {facts.map((fact) => (
        <div key={fact.name} className="flex items-start gap-2.5 text-[13px]">
          <Checkbox
            id={`${id}-${fact.name}`}
            className="mt-0.5"
            checked={chosen.includes(fact.name)}
            onCheckedChange={(isChosen) =>
              onChange(isChosen === true ? [...chosen, fact.name] : chosen.filter((name) => name !== fact.name))
            }
          />
          <label htmlFor={`${id}-${fact.name}`}>
            {fact.label} <code className="text-muted-foreground text-xs">{fact.name}</code>
          </label>
        </div>
      ))}
      {error && (
        <p role="alert" className="text-[13px] text-danger-text">
          {error}
        </p>
      )}
    </fieldset>
  )
}
