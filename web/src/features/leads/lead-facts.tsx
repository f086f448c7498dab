import type { LeadDetail } from '@/api/leads'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { formatPhone } from '@/lib/format'
import { FIELDS, patchOf, undoPatch } from './editing'
import { InlineField } from './inline-field'
import type { SaveLead } from './use-save-lead'

/** Everything about the person, each field edited where it stands. */
export function LeadFacts({ lead, save }: { lead: LeadDetail; save: SaveLead }) {
  return (
    <Card>
      <CardHeader title="Details" />
      <CardBody className="grid gap-x-8 sm:grid-cols-2">
        {FIELDS.map(({ name, label, type, choices, hint }) => {
          const text = String(lead[name] ?? '')
          const isDerived = lead.derived.includes(name)
          return (
            <div key={name} className="grid grid-cols-[8.5rem_minmax(0,1fr)] items-center">
              <span className="text-[13px] text-muted-foreground">
                {label}
                {isDerived && <span className="text-xs"> (from the number)</span>}
              </span>
              <InlineField
                label={label}
                field={name}
                text={text}
                shown={name === 'phone' ? <span className="tabular">{formatPhone(text)}</span> : undefined}
                type={type ?? 'text'}
                choices={choices}
                hint={hint}
                version={lead.version}
                onSave={(value, version) => save(label, patchOf(name, value), undoPatch(lead, name), version)}
              />
            </div>
          )
        })}
        <div className="mt-2 grid gap-0.5 border-t pt-2 sm:col-span-2">
          <span className="text-[13px] text-muted-foreground">Notes</span>
          <InlineField
            label="Notes"
            field="notes"
            text={lead.notes ?? ''}
            isLong
            hint="Ctrl or ⌘ with Enter saves."
            version={lead.version}
            onSave={(value, version) => save('Notes', patchOf('notes', value), undoPatch(lead, 'notes'), version)}
          />
        </div>
      </CardBody>
    </Card>
  )
}
