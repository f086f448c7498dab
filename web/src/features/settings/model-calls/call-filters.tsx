import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { costsQuery } from '@/api/budgets'
import type { CallFilter } from '@/api/models'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { modelName } from '@/lib/format'
import { purposeName } from '../purposes'
import { type CallSearch, isFiltered, OUTCOME_CHOICES } from './call-words'

interface CallFiltersProps {
  filter: CallFilter
  onChange: (part: CallSearch) => void
  onDrop: () => void
}

const DAYS = 90

/** Which calls are listed: models and purposes are those that there were. */
export function CallFilters({ filter, onChange, onDrop }: CallFiltersProps) {
  const costs = useQuery(costsQuery(DAYS)).data?.costs ?? []
  const known = (values: (string | undefined)[], chosen?: string) =>
    [...new Set([...values, chosen])].filter((value) => value !== undefined && value !== '').toSorted() as string[]
  const models = known(
    costs.map((part) => part.model),
    filter.model,
  )
  const purposes = known(
    costs.map((part) => part.purpose),
    filter.purpose,
  )
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Choice
        label="Model"
        none="Every model"
        value={filter.model}
        choices={models.map((model) => [model, modelName(model)])}
        onChange={(asked) => onChange({ asked })}
      />
      <Choice
        label="Purpose"
        none="Every purpose"
        value={filter.purpose}
        choices={purposes.map((purpose) => [purpose, purposeName(purpose)])}
        onChange={(purpose) => onChange({ purpose })}
      />
      <Choice
        label="How it went"
        none="However it went"
        value={filter.outcome}
        choices={OUTCOME_CHOICES}
        onChange={(outcome) => onChange({ outcome })}
      />
      {filter.campaign_id !== undefined && (
        <Chip label={`Campaign ${filter.campaign_id}`} onDrop={() => onChange({ campaign_id: undefined })} />
      )}
      {filter.conversation_id !== undefined && (
        <Chip
          label={`Conversation ${filter.conversation_id}`}
          onDrop={() => onChange({ conversation_id: undefined })}
        />
      )}
      {isFiltered(filter) && (
        <Button variant="ghost" onClick={onDrop}>
          Drop all
        </Button>
      )}
    </div>
  )
}

interface ChoiceProps {
  label: string
  none: string
  value: string | undefined
  choices: [string, string][]
  onChange: (value: string | undefined) => void
}

function Choice({ label, none, value, choices, onChange }: ChoiceProps) {
  return (
    <NativeSelect
      aria-label={label}
      className="w-auto max-w-full"
      value={value ?? ''}
      onChange={(event) => onChange(event.target.value || undefined)}
    >
      <option value="">{none}</option>
      {choices.map(([name, words]) => (
        <option key={name} value={name}>
          {words}
        </option>
      ))}
    </NativeSelect>
  )
}

function Chip({ label, onDrop }: { label: string; onDrop: () => void }) {
  return (
    <span className="inline-flex h-8 items-center gap-1 rounded-md bg-primary-soft pr-1 pl-2.5 text-[13px] text-primary-text">
      {label}
      <Button variant="ghost" size="icon-sm" aria-label={`Drop ${label}`} onClick={onDrop}>
        <X />
      </Button>
    </span>
  )
}
