import type { UseFormReturn } from 'react-hook-form'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'
import type { Draft } from './draft'

/** Limits that code holds, whatever the prompt says. */
export function GuardrailFields({ form }: { form: UseFormReturn<Draft> }) {
  const { register, formState } = form
  const { errors } = formState
  return (
    <section aria-labelledby="guardrails" className="grid content-start gap-5">
      <div>
        <h2 id="guardrails" className="font-medium text-sm">
          Guardrails
        </h2>
        <p className="text-[13px] text-muted-foreground">Code holds these, whatever a prompt or a lead says.</p>
      </div>
      <div className="grid gap-5 sm:grid-cols-3">
        <Field label="Longest text" error={errors.most_characters?.message} hint="Characters.">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={40}
              max={1600}
              {...register('most_characters', { valueAsNumber: true })}
            />
          )}
        </Field>
        <Field label="A person below" error={errors.escalate_below_confidence?.message} hint="Confidence, 0 to 1.">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={0}
              max={1}
              step={0.05}
              {...register('escalate_below_confidence', { valueAsNumber: true })}
            />
          )}
        </Field>
        <Field label="A person after" error={errors.most_failures?.message} hint="Turns without an answer.">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={1}
              max={10}
              {...register('most_failures', { valueAsNumber: true })}
            />
          )}
        </Field>
      </div>
      <Field label="Says that it is an AI" error={errors.disclose_ai?.message}>
        {(control) => (
          <NativeSelect {...control} {...register('disclose_ai')}>
            <option value="when_asked">When it is asked</option>
            <option value="at_first_contact">At the first contact, and when it is asked</option>
          </NativeSelect>
        )}
      </Field>
      <Field
        label="Allowed links"
        error={errors.allowed_links?.message}
        hint="Hosts, one per line, besides those that the campaign or the lead named."
      >
        {(control) => <Textarea {...control} placeholder="example.com" {...register('allowed_links')} />}
      </Field>
      <Field
        label="Never says"
        error={errors.forbidden_phrases?.message}
        hint="Words, one per line. An answer that has one goes to a person."
      >
        {(control) => <Textarea {...control} placeholder="guaranteed" {...register('forbidden_phrases')} />}
      </Field>
    </section>
  )
}
