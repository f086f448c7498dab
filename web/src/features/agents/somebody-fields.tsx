import { useQuery } from '@tanstack/react-query'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { LeadChoice } from './lead-choice'
import type { NOBODY } from './run'

type Invented = typeof NOBODY

interface SomebodyFieldsProps {
  lead: number | undefined
  campaign: number | undefined
  invented: Invented
  onInvent: (invented: Invented) => void
  onChoose: (change: { lead?: number | undefined; campaign?: number | undefined }) => void
}

const FACTS: [keyof Invented, string][] = [
  ['name', 'Name'],
  ['company', 'Company'],
  ['industry', 'Industry'],
  ['size', 'Company size'],
]

/** Whom it is about: a stored lead, or an invented one. */
export function SomebodyFields({ lead, campaign, invented, onInvent, onChoose }: SomebodyFieldsProps) {
  const campaigns = useQuery(campaignUsesQuery()).data ?? []
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-2 font-medium text-sm">Whom it is about</legend>
      <LeadChoice value={lead} onChoose={(id) => onChoose({ lead: id })} nobody="Invented lead" />
      {lead === undefined &&
        FACTS.map(([field, label]) => (
          <Field key={field} label={label}>
            {(control) => (
              <Input
                {...control}
                autoComplete="off"
                maxLength={200}
                value={invented[field]}
                onChange={(event) => onInvent({ ...invented, [field]: event.target.value })}
              />
            )}
          </Field>
        ))}
      <Field label="Campaign">
        {(control) => (
          <NativeSelect
            {...control}
            value={campaign ?? ''}
            onChange={(event) => onChoose({ campaign: Number(event.target.value) || undefined })}
          >
            <option value="">None</option>
            {campaigns.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
    </fieldset>
  )
}
