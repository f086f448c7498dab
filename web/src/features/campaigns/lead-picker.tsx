import { useQueries, useQuery } from '@tanstack/react-query'
import { Plus, UserPlus, X } from 'lucide-react'
import { useState } from 'react'
import { leadChoicesQuery, leadNameQuery } from '@/api/campaign-trials'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { formatNumber, formatPhone } from '@/lib/format'

/** Names shown; further ones are only counted. */
const SHOWN = 30

interface LeadPickerProps {
  ids: number[]
  isLocked: boolean
  onChange: (ids: number[]) => void
}

/** Single leads, found by name, company or number. */
export function LeadPicker({ ids, isLocked, onChange }: LeadPickerProps) {
  const [words, setWords] = useState('')
  const found = useQuery(leadChoicesQuery(words.trim()))
  const shown = ids.slice(0, SHOWN)
  const names = useQueries({ queries: shown.map((id) => leadNameQuery(id)) })
  const choices = words.trim().length > 1 ? (found.data ?? []).filter((lead) => !ids.includes(lead.id)) : []
  const add = (id: number) => {
    onChange([...ids, id])
    setWords('')
  }
  return (
    <fieldset disabled={isLocked} className="grid gap-2">
      <legend className="mb-1.5 flex items-center gap-2 font-medium text-[13px]">
        <UserPlus className="size-4 text-muted-foreground" aria-hidden /> Single leads
      </legend>
      {ids.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {shown.map((id, index) => (
            <li key={id} className="flex items-center gap-1 rounded-full bg-accent py-0.5 pr-1 pl-2.5 text-[13px]">
              {names[index]?.data ?? (names[index]?.isError ? `Lead ${id} is gone` : `Lead ${id}`)}
              <Button
                variant="ghost"
                size="icon-sm"
                className="size-5"
                aria-label={`Leave out ${names[index]?.data ?? `lead ${id}`}`}
                onClick={() => onChange(ids.filter((other) => other !== id))}
              >
                <X />
              </Button>
            </li>
          ))}
          {ids.length > SHOWN && (
            <li className="px-1 py-1 text-[13px] text-muted-foreground">and {formatNumber(ids.length - SHOWN)} more</li>
          )}
        </ul>
      )}
      <Field label="Add a lead">
        {(control) => (
          <Input
            {...control}
            type="search"
            placeholder="Name, company or number"
            className="max-w-md"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || !choices[0]) return
              event.preventDefault()
              add(choices[0].id)
            }}
          />
        )}
      </Field>
      {choices.length > 0 && (
        <ul className="grid max-w-md gap-0.5 rounded-lg border p-1" aria-label="Leads found">
          {choices.map((lead) => (
            <li key={lead.id}>
              <button
                type="button"
                className="flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-accent"
                onClick={() => add(lead.id)}
              >
                <Plus className="size-4 text-muted-foreground" aria-hidden />
                <span className="min-w-0 flex-1 truncate">
                  <span className="font-medium">{lead.name}</span>
                  {lead.company && <span className="text-muted-foreground"> · {lead.company}</span>}
                </span>
                <span className="tabular text-muted-foreground">{formatPhone(lead.phone)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {words.trim().length > 1 && found.data && choices.length === 0 && (
        <p className="text-[13px] text-muted-foreground">No further lead begins like this.</p>
      )}
    </fieldset>
  )
}
