import { useQuery } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useId, useState } from 'react'
import { leadChoicesQuery, leadNameQuery } from '@/api/campaign-trials'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { Label } from '@/components/ui/label'
import { formatPhone } from '@/lib/format'

interface LeadSearchProps {
  label: string
  /** Already chosen: not offered again. */
  without?: readonly number[]
  onPick: (id: number) => void
}

/** Finds a lead by name, company or number. */
export function LeadSearch({ label, without = [], onPick }: LeadSearchProps) {
  const [words, setWords] = useState('')
  const id = useId()
  const found = useQuery(leadChoicesQuery(words.trim()))
  const choices = words.trim().length > 1 ? (found.data ?? []).filter((lead) => !without.includes(lead.id)) : []
  const pick = (lead: number) => {
    setWords('')
    onPick(lead)
  }
  return (
    <div className="grid gap-1">
      <Label htmlFor={id}>{label}</Label>
      <Input
        id={id}
        type="search"
        placeholder="Name, company or number"
        value={words}
        onChange={(event) => setWords(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !choices[0]) return
          event.preventDefault()
          pick(choices[0].id)
        }}
      />
      {choices.length > 0 && (
        <ul className="grid gap-0.5 rounded-md border p-1" aria-label="Leads found">
          {choices.map((lead) => (
            <li key={lead.id}>
              <button
                type="button"
                className="flex w-full items-baseline gap-2 rounded px-1.5 py-1 text-left text-[13px] hover:bg-accent"
                onClick={() => pick(lead.id)}
              >
                <span className="min-w-0 flex-1 truncate">
                  {lead.name || 'Without a name'}
                  {lead.company && <span className="text-muted-foreground"> · {lead.company}</span>}
                </span>
                <span className="tabular text-muted-foreground text-xs">{formatPhone(lead.phone)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {words.trim().length > 1 && found.data && choices.length === 0 && (
        <p className="text-muted-foreground text-xs">No lead begins like this.</p>
      )}
    </div>
  )
}

/** A chosen lead, by name. */
export function ChosenLead({ id, onRemove }: { id: number; onRemove: () => void }) {
  const name = useQuery(leadNameQuery(id))
  const words = name.data || (name.isError ? `Lead ${id} is gone` : `Lead ${id}`)
  return (
    <span className="flex w-fit items-center gap-1 rounded-full bg-accent py-0.5 pr-1 pl-2.5 text-[13px]">
      {words}
      <Button variant="ghost" size="icon-sm" className="size-5" aria-label={`Leave out ${words}`} onClick={onRemove}>
        <X />
      </Button>
    </span>
  )
}
