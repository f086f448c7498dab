import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { ApiProblem } from '@/api/client'
import { type RunApproval, useDecide } from '@/api/run-approvals'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/states'
import { readStored, store } from '@/lib/storage'
import { toast, toastProblem } from '@/lib/toast'
import { DecisionField } from './approval-field'
import { answersOf, type FormValues, schemaOf, valuesOf } from './approval-form'
import { typedKey } from './deciding'

const CONFLICT = 409

/** The form of an approval that waits, and its decisions as buttons. */
export function Decision({ approval }: { approval: RunApproval }) {
  const { id, form: fields, actions } = approval
  const decide = useDecide(id)
  const [chosen, setChosen] = useState<string>()
  const [late, setLate] = useState<ApiProblem>()
  const form = useForm<FormValues>({
    resolver: zodResolver(schemaOf(fields)),
    defaultValues: { ...valuesOf(fields), ...readStored<FormValues>(typedKey(id), {}) },
  })
  // What was typed survives a reload and a failed attempt.
  useEffect(
    () => form.subscribe({ formState: { values: true }, callback: ({ values }) => store(typedKey(id), values) }),
    [form, id],
  )

  const send = (action: string) =>
    form.handleSubmit((values) => {
      setChosen(action)
      setLate(undefined)
      decide.mutate(
        { action, answers: answersOf(fields, values) },
        {
          onError: (error) => {
            const problem = error instanceof ApiProblem ? error : null
            const names = fields.map((field) => field.name).filter((name) => problem?.of(`answers.${name}`))
            for (const name of names)
              form.setError(name, { type: 'api', message: problem?.of(`answers.${name}`) ?? '' })
            if (problem?.status === CONFLICT) {
              setLate(problem)
              // The card itself may be gone in a moment: the list shows what waits.
              toast.info('Already decided', { description: problem.detail, duration: 8000 })
            } else if (names.length === 0) toastProblem(error)
          },
        },
      )
    })()

  return (
    <form className="grid gap-3" onSubmit={(event) => event.preventDefault()} noValidate>
      {fields.map((field) => (
        <Controller
          key={field.name}
          control={form.control}
          name={field.name}
          render={({ field: control, fieldState }) => (
            <DecisionField field={field} control={control} error={fieldState.error?.message} />
          )}
        />
      ))}
      {late && <Notice tone="warning">{late.detail || late.title}</Notice>}
      <div className="flex flex-wrap justify-end gap-2">
        {actions.map((action, index) => (
          <Button
            key={action.name}
            variant={index === 0 ? 'primary' : 'secondary'}
            isBusy={decide.isPending && chosen === action.name}
            disabled={decide.isPending && chosen !== action.name}
            onClick={() => void send(action.name)}
          >
            {action.label || action.name}
          </Button>
        ))}
      </div>
    </form>
  )
}
