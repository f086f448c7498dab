import { useId } from 'react'
import type { EvalChoices } from '@/api/evals'
import { Checkbox } from '@/components/ui/toggles'
import { titleOf } from './compare'

interface PersonasProps {
  personas: EvalChoices['personas']
  chosen: string[]
  onChange: (chosen: string[]) => void
  error: string | undefined
}

/** Which simulated leads to play. */
export function Personas({ personas, chosen, onChange, error }: PersonasProps) {
  const id = useId()
  const areAll = personas.length > 0 && chosen.length === personas.length
  const toggle = (key: string, isChosen: boolean) =>
    onChange(isChosen ? [...chosen, key] : chosen.filter((one) => one !== key))
  return (
    <fieldset className="grid gap-2" aria-describedby={error ? `${id}-error` : undefined}>
      <legend className="mb-1.5 font-medium text-[13px]">Simulated leads</legend>
      {error && (
        <p id={`${id}-error`} className="text-[13px] text-danger-text" role="alert">
          {error}
        </p>
      )}
      <Choice
        id={`${id}-all`}
        label="All of them"
        checked={areAll}
        onChange={(isChosen) => onChange(isChosen ? personas.map(({ key }) => key) : [])}
      />
      {personas.map(({ key, name }) => (
        <Choice
          key={key}
          id={`${id}-${key}`}
          label={`${titleOf(key)} (${name})`}
          checked={chosen.includes(key)}
          onChange={(isChosen) => toggle(key, isChosen)}
        />
      ))}
    </fieldset>
  )
}

interface ChoiceProps {
  id: string
  label: string
  checked: boolean
  onChange: (isChosen: boolean) => void
}

function Choice({ id, label, checked, onChange }: ChoiceProps) {
  return (
    <div className="flex items-center gap-2.5 text-sm">
      <Checkbox id={id} checked={checked} onCheckedChange={(state) => onChange(state === true)} />
      <label htmlFor={id}>{label}</label>
    </div>
  )
}
