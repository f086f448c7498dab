import { z } from 'zod'
import { OWN_WISH, SUPPRESSION_REASONS, type Suppression, useLiftSuppression } from '@/api/suppressions'
import { FormSheet } from '@/components/form/form-sheet'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/input'
import { Facts } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { formatDateTime, formatPhone } from '@/lib/format'

const LONGEST = 500
const note = z.string().trim().max(LONGEST, `At most ${LONGEST} characters.`)
const optional = z.object({ note })
const needed = z.object({ note: note.min(1, 'Write down how they asked to be contacted again.') })

/** One suppressed number: its record, and the way to allow contact again. */
export function LiftSheet({ suppression, onClose }: { suppression: Suppression; onClose: () => void }) {
  const lift = useLiftSuppression()
  const isOwnWish = OWN_WISH.has(suppression.reason)
  if (suppression.lifted_at) {
    return (
      <Dialog open onOpenChange={onClose}>
        <DialogContent side="right" title={formatPhone(suppression.phone)} description="Contact is allowed again.">
          <Record suppression={suppression} />
        </DialogContent>
      </Dialog>
    )
  }
  return (
    <FormSheet<z.infer<typeof optional>>
      title={formatPhone(suppression.phone)}
      description="No text is sent to this number."
      action="Allow contact again"
      schema={isOwnWish ? needed : optional}
      defaultValues={{ note: '' }}
      save={(values) => lift.mutateAsync({ id: suppression.id, note: values.note })}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Record suppression={suppression} />
          {isOwnWish && (
            <Notice tone="warning">
              They asked not to be contacted. Only they can take that back, and you must be able to show how they did.
            </Notice>
          )}
          <Field
            label="Why contact is allowed again"
            required={isOwnWish}
            error={errors.note?.message}
            hint="Kept with the record, with your name."
          >
            {(control) => <Textarea {...control} {...register('note')} />}
          </Field>
        </>
      )}
    </FormSheet>
  )
}

function Record({ suppression }: { suppression: Suppression }) {
  return (
    <Facts
      items={[
        ['Reason', SUPPRESSION_REASONS[suppression.reason]],
        ['What they wrote', suppression.evidence ?? '–'],
        ['Noted by', suppression.source],
        ['Since', formatDateTime(suppression.created_at)],
        ...(suppression.lifted_at
          ? ([
              ['Lifted', formatDateTime(suppression.lifted_at)],
              ['Lifted by', suppression.lifted_by ?? '–'],
            ] satisfies [string, string][])
          : []),
      ]}
    />
  )
}
