import { z } from 'zod'
import { SUPPRESSION_REASONS, type SuppressionIn, useSuppress } from '@/api/suppressions'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'

const BY_HAND = ['manual', 'stop', 'complaint', 'wrong_number', 'invalid'] as const

const suppressionForm = z.object({
  phone: z.string().trim().min(3, 'Write the number.').max(64, 'That is too long for a number.'),
  reason: z.enum(BY_HAND),
  evidence: z.string().trim(),
}) satisfies z.ZodType<Pick<SuppressionIn, 'phone' | 'reason' | 'evidence'>>

type SuppressionForm = z.infer<typeof suppressionForm>

/** Stops all contact with a number. */
export function AddSuppression({ onClose }: { onClose: () => void }) {
  const suppress = useSuppress()
  return (
    <FormSheet<SuppressionForm>
      title="Add a number"
      description="Texts that wait for it are cancelled at once, and none is sent again."
      action="Suppress number"
      schema={suppressionForm}
      defaultValues={{ phone: '', reason: 'manual', evidence: '' }}
      save={(values) => suppress.mutateAsync({ ...values, evidence: values.evidence || null })}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Field label="Number" required error={errors.phone?.message} hint="With the country, as in +12025550143.">
            {(control) => <Input {...control} inputMode="tel" autoComplete="off" {...register('phone')} />}
          </Field>
          <Field label="Reason" error={errors.reason?.message}>
            {(control) => (
              <NativeSelect {...control} {...register('reason')}>
                {BY_HAND.map((reason) => (
                  <option key={reason} value={reason}>
                    {SUPPRESSION_REASONS[reason]}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field label="Note" error={errors.evidence?.message} hint="What they said, when, and to whom.">
            {(control) => <Textarea {...control} {...register('evidence')} />}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
