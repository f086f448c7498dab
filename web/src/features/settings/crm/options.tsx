import { useState } from 'react'
import { type CrmConnection, useChangeCrm } from '@/api/crm'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { SwitchField } from '@/components/ui/switch-field'
import { toast, toastProblem } from '@/lib/toast'

const OUTCOMES = [
  ['replied', 'When a lead replies'],
  ['qualified', 'When a lead is qualified'],
  ['booked', 'When a meeting is booked'],
  ['opted_out', 'When a lead opts out'],
] as const

/** What is told to the CRM, and where its leads go. */
export function Options({ connection }: { connection: CrmConnection }) {
  const [direction, setDirection] = useState(connection.direction)
  const [options, setOptions] = useState(connection.options)
  const change = useChangeCrm()
  const outcomes = options.outcomes ?? {}
  const setOutcome = (name: (typeof OUTCOMES)[number][0], part: { remote?: string; value?: string }) => {
    const next = { remote: '', value: '', ...outcomes[name], ...part }
    const { [name]: _, ...others } = outcomes
    setOptions({ ...options, outcomes: next.remote || next.value ? { ...others, [name]: next } : others })
  }
  const isHalf = OUTCOMES.some(([name]) => outcomes[name] && !(outcomes[name]?.remote && outcomes[name]?.value))
  const save = () =>
    change.mutate(
      { id: connection.id, direction, options: { ...options, list_name: options.list_name || null } },
      { onSuccess: () => toast.success('Options saved.'), onError: toastProblem },
    )
  return (
    <div className="grid max-w-xl gap-4">
      <Field label="Direction" hint="Opt-outs always go both ways.">
        {(control) => (
          <NativeSelect
            {...control}
            value={direction}
            onChange={(event) => setDirection(event.target.value as CrmConnection['direction'])}
          >
            <option value="both">Leads in, activities and outcomes out</option>
            <option value="in">Only leads in</option>
            <option value="out">Only activities and outcomes out</option>
          </NativeSelect>
        )}
      </Field>
      <Field label="List" hint="People from there are put into this list. Empty: into none.">
        {(control) => (
          <Input
            {...control}
            value={options.list_name ?? ''}
            onChange={(event) => setOptions({ ...options, list_name: event.target.value })}
          />
        )}
      </Field>
      <SwitchField
        label="Create contacts"
        checked={options.create_contacts ?? false}
        onCheckedChange={(create_contacts) => setOptions({ ...options, create_contacts })}
      >
        Leads that are no contact there become one as soon as there is something to tell about them.
      </SwitchField>
      <fieldset className="grid gap-2">
        <legend className="mb-1 font-medium text-sm">Outcomes</legend>
        <p className="text-[13px] text-muted-foreground">
          Fields that are set there, as in lifecyclestage to customer. {'{score}'} and {'{tier}'} stand for a qualified
          lead’s.
        </p>
        {OUTCOMES.map(([name, label]) => (
          <div key={name} className="grid gap-1.5 sm:grid-cols-[12rem_1fr_1fr] sm:items-center">
            <span className="text-[13px]">{label}</span>
            <Input
              aria-label={`${label}, field`}
              placeholder="Their field"
              value={outcomes[name]?.remote ?? ''}
              onChange={(event) => setOutcome(name, { remote: event.target.value })}
            />
            <Input
              aria-label={`${label}, value`}
              placeholder="Value"
              value={outcomes[name]?.value ?? ''}
              onChange={(event) => setOutcome(name, { value: event.target.value })}
            />
          </div>
        ))}
      </fieldset>
      <Button variant="primary" className="w-fit" onClick={save} isBusy={change.isPending} disabled={isHalf}>
        Save options
      </Button>
    </div>
  )
}
