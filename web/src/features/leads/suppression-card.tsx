import { useQuery } from '@tanstack/react-query'
import { Ban } from 'lucide-react'
import { useState } from 'react'
import { z } from 'zod'
import {
  OWN_WISH,
  SUPPRESSION_REASONS,
  type Suppression,
  suppressionOfQuery,
  useLiftSuppression,
  useSuppress,
} from '@/api/suppressions'
import { FormSheet } from '@/components/form/form-sheet'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { NativeSelect, Textarea } from '@/components/ui/input'
import { ErrorState, Notice } from '@/components/ui/states'
import { formatDateTime, formatPhone } from '@/lib/format'

/** Whether the number may be contacted at all. */
export function SuppressionCard({ phone }: { phone: string }) {
  const { data: suppression, isPending, error, refetch } = useQuery(suppressionOfQuery(phone))
  const [isOpen, setOpen] = useState(false)
  if (isPending) return null
  // Not known is not allowed: nobody should read that this person may be contacted.
  if (suppression === undefined)
    return (
      <Card>
        <CardHeader title="Contact" description="Whether this number may be contacted could not be found out." />
        <ErrorState className="py-4" error={error} onRetry={() => void refetch()} />
      </Card>
    )
  return (
    <Card>
      <CardHeader
        title="Contact"
        actions={
          <Button variant="ghost" size="sm" onClick={() => setOpen(true)}>
            {suppression ? 'Allow again' : 'Suppress'}
          </Button>
        }
      />
      <CardBody>
        {suppression ? (
          <Notice tone="danger" icon={Ban}>
            <p className="font-medium">Must not be contacted</p>
            <p>
              {SUPPRESSION_REASONS[suppression.reason]}, {formatDateTime(suppression.created_at)}
            </p>
            {suppression.evidence && <p className="break-words">“{suppression.evidence}”</p>}
          </Notice>
        ) : (
          <p className="text-[13px] text-muted-foreground">May be contacted.</p>
        )}
      </CardBody>
      {isOpen &&
        (suppression ? (
          <LiftSheet suppression={suppression} onClose={() => setOpen(false)} />
        ) : (
          <SuppressSheet phone={phone} onClose={() => setOpen(false)} />
        ))}
    </Card>
  )
}

const suppressForm = z.object({
  reason: z.enum(['manual', 'stop', 'wrong_number', 'complaint']),
  evidence: z.string().trim().max(2000, 'At most 2,000 characters.'),
})
type SuppressForm = z.infer<typeof suppressForm>

function SuppressSheet({ phone, onClose }: { phone: string; onClose: () => void }) {
  const suppressing = useSuppress()
  return (
    <FormSheet<SuppressForm>
      title={`Suppress ${formatPhone(phone)}`}
      description="No campaign and nobody of the team contacts this number any more; texts that wait for it are cancelled."
      action="Suppress"
      schema={suppressForm}
      defaultValues={{ reason: 'manual', evidence: '' }}
      save={({ reason, evidence }) => suppressing.mutateAsync({ phone, reason, evidence: evidence || null })}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Field label="Reason" required>
            {(control) => (
              <NativeSelect {...control} {...register('reason')}>
                {suppressForm.shape.reason.options.map((reason) => (
                  <option key={reason} value={reason}>
                    {SUPPRESSION_REASONS[reason]}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field label="Their words, or what you know" error={errors.evidence?.message}>
            {(control) => <Textarea {...control} {...register('evidence')} />}
          </Field>
        </>
      )}
    </FormSheet>
  )
}

function LiftSheet({ suppression, onClose }: { suppression: Suppression; onClose: () => void }) {
  const lifting = useLiftSuppression()
  const isOwnWish = OWN_WISH.has(suppression.reason)
  const note = z.string().trim().max(500, 'At most 500 characters.')
  const schema = z.object({
    note: isOwnWish ? note.min(1, 'Write down how the person asked to be contacted again.') : note,
  })
  return (
    <FormSheet<{ note: string }>
      title={`Allow contact with ${formatPhone(suppression.phone)} again`}
      description={
        isOwnWish
          ? 'This person asked not to be contacted. Only they can take that back.'
          : 'The record of the suppression stays.'
      }
      action="Allow contact"
      schema={schema}
      defaultValues={{ note: '' }}
      save={(values) => lifting.mutateAsync({ id: suppression.id, note: values.note })}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <Field
          label={isOwnWish ? 'How they asked to be contacted again' : 'Why'}
          required={isOwnWish}
          error={errors.note?.message}
        >
          {(control) => <Textarea {...control} {...register('note')} />}
        </Field>
      )}
    </FormSheet>
  )
}
