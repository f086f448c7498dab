import { useQuery } from '@tanstack/react-query'
import type { UseFormReturn } from 'react-hook-form'
import { modelsQuery } from '@/api/models'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { modelName } from '@/lib/format'
import type { Draft } from './draft'

/** Which model, and how freely it writes. */
export function ModelFields({ form }: { form: UseFormReturn<Draft> }) {
  const { register, watch, formState } = form
  const models = useQuery(modelsQuery()).data ?? []
  const chosen = watch('model')
  const fallback = models.find((model) => model.is_default)
  const isUnknown = chosen !== '' && !models.some((model) => model.name === chosen)
  return (
    <div className="grid gap-5 sm:grid-cols-[1fr_8rem]">
      <Field label="Model" error={formState.errors.model?.message} hint="Those that are configured in the settings.">
        {(control) => (
          // Its options may come after its value.
          <NativeSelect key={models.length} {...control} {...register('model')}>
            <option value="">{fallback ? `Default: ${modelName(fallback.name)}` : 'The installation’s default'}</option>
            {models.map((model) => (
              <option key={model.name} value={model.name}>
                {modelName(model.name)}
                {model.problem ? ' (can’t be used)' : ''}
              </option>
            ))}
            {isUnknown && <option value={chosen}>{chosen} (not configured)</option>}
          </NativeSelect>
        )}
      </Field>
      <Field label="Temperature" error={formState.errors.temperature?.message} hint="0 strict, 2 free.">
        {(control) => (
          <Input
            {...control}
            type="number"
            min={0}
            max={2}
            step={0.1}
            {...register('temperature', { valueAsNumber: true })}
          />
        )}
      </Field>
    </div>
  )
}
