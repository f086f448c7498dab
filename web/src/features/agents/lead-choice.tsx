import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useState } from 'react'
import { foundLeadsQuery, leadQuery } from '@/api/leads'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { useTyped } from '@/lib/use-typed'

interface LeadChoiceProps {
  value: number | undefined
  onChoose: (id: number | undefined) => void
  /** What stands for nobody: `Example lead`. */
  nobody?: string
}

/** One lead, found by name, company or number. */
export function LeadChoice({ value, onChoose, nobody = 'Example lead' }: LeadChoiceProps) {
  const [search, setSearch] = useState('')
  const [typed, setTyped] = useTyped(search, setSearch)
  const chosen = useQuery({ ...leadQuery(value ?? 0), enabled: value !== undefined }).data
  const found = useQuery({ ...foundLeadsQuery(search), enabled: search !== '' }).data ?? []
  const choose = (id: number | undefined) => {
    setSearch('')
    setTyped('')
    onChoose(id)
  }
  return (
    <div className="relative">
      <Field label="Lead">
        {(control) => (
          <div className="flex gap-1">
            <Input
              {...control}
              autoComplete="off"
              value={typed}
              placeholder={value === undefined ? nobody : (chosen?.name ?? `Lead ${value}`)}
              className={value === undefined ? undefined : 'placeholder:text-foreground'}
              onChange={(event) => setTyped(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') {
                  event.preventDefault()
                  if (found[0]) choose(found[0].id)
                }
                if (event.key === 'Escape' && typed) {
                  event.stopPropagation()
                  choose(value)
                }
              }}
            />
            {value !== undefined && (
              <Button size="icon" variant="ghost" aria-label="No lead" onClick={() => choose(undefined)}>
                <X />
              </Button>
            )}
          </div>
        )}
      </Field>
      {search !== '' && (
        <ul
          aria-label="Leads found"
          className="absolute inset-x-0 z-20 mt-1 max-h-64 overflow-y-auto rounded-lg border bg-surface p-1 shadow-lg"
        >
          {found.map((lead) => (
            <li key={lead.id}>
              <button
                type="button"
                className="w-full truncate rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-accent focus-visible:bg-accent"
                onClick={() => choose(lead.id)}
              >
                {lead.name || lead.email || lead.phone}
                {lead.company && <span className="text-muted-foreground"> · {lead.company}</span>}
              </button>
            </li>
          ))}
          {found.length === 0 && <li className="px-2 py-1.5 text-[13px] text-muted-foreground">Nobody found.</li>}
        </ul>
      )}
    </div>
  )
}
