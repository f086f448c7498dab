import { zodResolver } from '@hookform/resolvers/zod'
import { useRef, useState } from 'react'
import { type DefaultValues, type FieldValues, type Path, type UseFormReturn, useForm } from 'react-hook-form'
import type { z } from 'zod'
import { ApiProblem } from '@/api/client'

export interface ApiForm<Values extends FieldValues> {
  form: UseFormReturn<Values>
  /** For `<form onSubmit>`. Resolves once the API has answered. */
  onSubmit: (event?: React.BaseSyntheticEvent) => Promise<void>
  /** A refusal that belongs to no field of the form. */
  problem: ApiProblem | null
}

interface ApiFormOptions<Values extends FieldValues> {
  schema: z.ZodType<Values, Values>
  defaultValues: DefaultValues<Values>
  /** Calls the API; what it throws is shown in the form, which keeps what was typed. */
  save: (values: Values) => Promise<unknown>
  onSaved?: () => void
}

/** A form that is checked here by a schema and there by the API; both say what is wrong at the field itself. */
export function useApiForm<Values extends FieldValues>(options: ApiFormOptions<Values>): ApiForm<Values> {
  const form = useForm<Values>({ resolver: zodResolver(options.schema), defaultValues: options.defaultValues })
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const flight = useRef<Promise<void> | null>(null)
  const submit = form.handleSubmit(async (values) => {
    setProblem(null)
    try {
      await options.save(values)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      const names = Object.keys(values) as Path<Values>[]
      const atFields = names.filter((name) => error.of(name))
      for (const name of atFields) form.setError(name, { type: 'api', message: error.of(name) })
      if (atFields[0]) form.setFocus(atFields[0])
      else setProblem(error)
      return
    }
    options.onSaved?.()
  })
  // Keys repeat, and not every way to submit looks at the button: what is being saved is not saved once more.
  const onSubmit = (event?: React.BaseSyntheticEvent) => {
    event?.preventDefault()
    flight.current ??= submit(event).finally(() => {
      flight.current = null
    })
    return flight.current
  }
  return { form, onSubmit, problem }
}
