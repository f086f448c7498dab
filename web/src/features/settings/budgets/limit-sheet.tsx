import { type Budget, type SettableScope, useChangeLimit } from '@/api/budgets'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { formatMoney } from '@/lib/format'
import { type LimitForm, limitForm, limitOf, startOf } from './limit'
import { SCOPES } from './words'

interface LimitSheetProps {
  budget: Budget & { scope: SettableScope }
  onClose: () => void
}

/** Sets the limit of one budget, takes it away, or goes back to the settings. */
export function LimitSheet({ budget, onClose }: LimitSheetProps) {
  const change = useChangeLimit()
  return (
    <FormSheet<LimitForm>
      title={`Limit: ${SCOPES[budget.scope].title.toLowerCase()}`}
      description={`${SCOPES[budget.scope].about} A change holds from the next call on.`}
      action="Save limit"
      schema={limitForm}
      defaultValues={startOf(budget)}
      save={(values) => change.mutateAsync({ scope: budget.scope, limit: limitOf(values) })}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <Field label="Limit" error={errors.kind?.message}>
            {(control) => (
              <NativeSelect {...control} {...register('kind')}>
                <option value="own">A limit set here</option>
                <option value="none">No limit</option>
                <option value="default">As in the settings ({budget.setting})</option>
              </NativeSelect>
            )}
          </Field>
          {watch('kind') === 'own' && (
            <Field
              label="US dollars"
              required
              error={errors.limit?.message}
              hint={
                budget.spent === null
                  ? 'Each conversation has as much of its own.'
                  : `${formatMoney(budget.spent)} of it ${Number(budget.spent) > 0 ? 'are' : 'is'} spent already. At 50, 80 and 100 % you are told.`
              }
            >
              {(control) => <Input {...control} inputMode="decimal" autoComplete="off" {...register('limit')} />}
            </Field>
          )}
        </>
      )}
    </FormSheet>
  )
}
