import { z } from 'zod'
import { type Sender, type SenderIn, useAddSender, useChangeSender } from '@/api/senders'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

const ADDRESS = /^(\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-f]{32})$/

/** The rate is text while it is typed; empty means what the carrier usually allows. */
const senderForm = z.object({
  address: z
    .string()
    .trim()
    .regex(ADDRESS, 'Write +12025550143, a short code, or MG and 32 digits of a messaging service.'),
  label: z.string().trim().max(200, 'At most 200 characters.'),
  segments_per_second: z
    .string()
    .trim()
    .regex(/^$|^\d+(\.\d+)?$/, 'Write a number, as in 1 or 2.5.'),
}) satisfies z.ZodType<Pick<SenderIn, 'address'> & { label: string; segments_per_second: string }>

type SenderForm = z.infer<typeof senderForm>

/** Adds a sender (`sender` null) or changes label and rate of one. */
export function SenderSheet({ sender, onClose }: { sender: Sender | null; onClose: () => void }) {
  const add = useAddSender()
  const change = useChangeSender()
  const save = ({ address, label, segments_per_second: rate }: SenderForm) => {
    const segments_per_second = rate ? Number(rate) : null
    return sender
      ? change.mutateAsync({ id: sender.id, label, segments_per_second })
      : add.mutateAsync({ address, label, segments_per_second, enabled: true })
  }
  return (
    <FormSheet<SenderForm>
      title={sender ? 'Edit sender' : 'Add sender'}
      description="It must belong to the carrier account that Outrider uses."
      action={sender ? 'Save changes' : 'Add sender'}
      schema={senderForm}
      defaultValues={{
        address: sender?.address ?? '',
        label: sender?.label ?? '',
        segments_per_second: sender ? String(sender.segments_per_second) : '',
      }}
      save={save}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Field
            label="Number or messaging service"
            required={!sender}
            error={errors.address?.message}
            hint={
              sender
                ? 'The address of a sender stays; add another one instead.'
                : 'As +12025550143, a short code, or MG… of a Twilio messaging service.'
            }
          >
            {(control) => (
              <Input {...control} inputMode="tel" autoComplete="off" readOnly={!!sender} {...register('address')} />
            )}
          </Field>
          <Field label="Label" error={errors.label?.message} hint="As your team calls it.">
            {(control) => <Input {...control} autoComplete="off" {...register('label')} />}
          </Field>
          <Field
            label="Segments a second"
            error={errors.segments_per_second?.message}
            hint={
              sender
                ? 'What the carrier lets it send; faster only fills the carrier’s own queue.'
                : 'Empty takes what carriers usually allow: 1 for a number, 3 for a toll-free one or a service.'
            }
          >
            {(control) => (
              <Input {...control} inputMode="decimal" autoComplete="off" {...register('segments_per_second')} />
            )}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
