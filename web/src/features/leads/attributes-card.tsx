import { Plus, X } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { ApiProblem } from '@/api/client'
import type { LeadDetail } from '@/api/leads'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { toastProblem } from '@/lib/toast'
import { attributeProblem, attributeText, attributeValue, TAGS } from './editing'
import { InlineField } from './inline-field'
import type { SaveLead } from './use-save-lead'

/** Custom fields: what the file held beyond the usual, and what the agent may use. */
export function AttributesCard({ lead, save }: { lead: LeadDetail; save: SaveLead }) {
  const [isAdding, setAdding] = useState(false)
  const set = (name: string, value: unknown, version = lead.version) =>
    save(name, { attributes: { [name]: value } }, { attributes: { [name]: lead.attributes[name] ?? null } }, version)
  const entries = Object.entries(lead.attributes)
  return (
    <Card>
      <CardHeader
        title="Custom fields"
        actions={
          <Button variant="ghost" size="icon-sm" aria-label="Add a custom field" onClick={() => setAdding(true)}>
            <Plus />
          </Button>
        }
      />
      <CardBody>
        {entries.length === 0 && !isAdding && (
          <p className="text-[13px] text-muted-foreground">
            None yet. Texts can use them, as in {'{{plan}}'}; an import keeps every column it does not know.
          </p>
        )}
        <ul>
          {entries.map(([name, value]) => (
            <li key={name} className="grid grid-cols-[minmax(0,8.5rem)_minmax(0,1fr)_auto] items-center gap-1">
              <span className="truncate text-[13px] text-muted-foreground" title={name}>
                {name}
              </span>
              <InlineField
                label={name}
                field={`attributes.${name}`}
                text={attributeText(name, value)}
                shown={typeof value === 'string' ? value : undefined}
                hint={
                  name === TAGS
                    ? 'Words, with commas between them.'
                    : 'A text, a number, true or false; a number in quotes is a text.'
                }
                version={lead.version}
                onSave={(text, version) => set(name, text.trim() === '' ? null : attributeValue(name, text), version)}
              />
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label={`Remove ${name}`}
                onClick={() => set(name, null).catch(toastProblem)}
              >
                <X />
              </Button>
            </li>
          ))}
        </ul>
        {isAdding && <NewAttribute lead={lead} onAdd={set} onClose={() => setAdding(false)} />}
      </CardBody>
    </Card>
  )
}

interface NewAttributeProps {
  lead: LeadDetail
  onAdd: (name: string, value: unknown) => Promise<unknown>
  onClose: () => void
}

function NewAttribute({ lead, onAdd, onClose }: NewAttributeProps) {
  const [name, setName] = useState('')
  const [value, setValue] = useState('')
  const [refusal, setRefusal] = useState('')
  const [isBusy, setBusy] = useState(false)
  const problem = attributeProblem(name.trim(), lead.attributes)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await onAdd(name.trim(), attributeValue(name.trim(), value))
      onClose()
    } catch (error) {
      setRefusal(
        error instanceof ApiProblem
          ? (error.of('attributes') ?? [error.detail, error.remedy].join(' '))
          : String(error),
      )
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit} className="mt-3 grid gap-3 border-t pt-3">
      <div className="grid grid-cols-2 gap-3">
        <Field label="Name" error={problem}>
          {(control) => <Input {...control} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label="Value" error={refusal}>
          {(control) => <Input {...control} value={value} onChange={(event) => setValue(event.target.value)} />}
        </Field>
      </div>
      <div className="flex justify-end gap-2">
        <Button size="sm" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          size="sm"
          variant="primary"
          isBusy={isBusy}
          disabled={!name.trim() || !value.trim() || problem !== undefined}
        >
          Add
        </Button>
      </div>
    </form>
  )
}
