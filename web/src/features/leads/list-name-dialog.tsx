import { type FormEvent, useId, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { type LeadList, useChangeList, useCreateList } from '@/api/lists'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

interface ListNameDialogProps {
  /** Null makes a new one. */
  list: LeadList | null
  onClose: () => void
  onCreated?: (list: LeadList) => void
}

export function ListNameDialog({ list, onClose, onCreated }: ListNameDialogProps) {
  const id = useId()
  const [name, setName] = useState(list?.name ?? '')
  const creating = useCreateList()
  const changing = useChangeList()
  const error = creating.error ?? changing.error
  const problem = error instanceof ApiProblem ? (error.of('name') ?? [error.detail, error.remedy].join(' ')) : undefined
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    // What went wrong is shown at the field, from the mutation's own error.
    if (list) changing.mutate({ id: list.id, name: name.trim() }, { onSuccess: onClose })
    else
      creating.mutate(name.trim(), {
        onSuccess: (created) => {
          onCreated?.(created)
          onClose()
        },
      })
  }
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        title={list ? 'Rename list' : 'New list'}
        className="max-w-sm"
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              form={id}
              variant="primary"
              disabled={!name.trim()}
              isBusy={creating.isPending || changing.isPending}
            >
              {list ? 'Rename' : 'Create list'}
            </Button>
          </>
        }
      >
        <form id={id} onSubmit={submit}>
          <Field label="Name" error={problem}>
            {(control) => (
              <Input {...control} value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  )
}
