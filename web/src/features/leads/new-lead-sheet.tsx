import { useQuery } from '@tanstack/react-query'
import { z } from 'zod'
import { type LeadDetail, useCreateLead } from '@/api/leads'
import { listsQuery } from '@/api/lists'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'

const line = z.string().trim().max(300, 'At most 300 characters.')
const leadForm = z
  .object({
    name: line,
    phone: line,
    email: line,
    company: line,
    title: line,
    industry: line,
    city: line,
    region: line,
    notes: z.string().max(20_000, 'At most 20,000 characters.'),
    list_id: z.string(),
    consent: z.enum(['', 'written', 'express', 'implied']),
  })
  .refine((lead) => lead.phone || lead.email, {
    path: ['phone'],
    message: 'Give a phone number or an e-mail address, so that the lead can be reached.',
  })
type LeadForm = z.infer<typeof leadForm>

const EMPTY: LeadForm = {
  name: '',
  phone: '',
  email: '',
  company: '',
  title: '',
  industry: '',
  city: '',
  region: '',
  notes: '',
  list_id: '',
  consent: '',
}

interface NewLeadSheetProps {
  /** The list that is looked at. */
  listId?: number | undefined
  onClose: () => void
  onCreated: (lead: LeadDetail) => void
}

/** Adds one lead. The number is checked by the API, which knows every country's. */
export function NewLeadSheet({ listId, onClose, onCreated }: NewLeadSheetProps) {
  const creating = useCreateLead()
  const { data: lists = [] } = useQuery(listsQuery())
  const save = async ({ list_id, consent, ...fields }: LeadForm) => {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''))
    const lead = await creating.mutateAsync({
      ...given,
      list_ids: list_id ? [Number(list_id)] : [],
      consents: consent ? [{ channel: 'sms', kind: consent, evidence: {} }] : [],
    })
    onCreated(lead)
  }
  return (
    <FormSheet<LeadForm>
      title="New lead"
      description="Country, region and time zone follow from the number."
      action="Add lead"
      schema={leadForm}
      defaultValues={{ ...EMPTY, list_id: listId ? String(listId) : '' }}
      save={save}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Field label="Name" error={errors.name?.message}>
            {(control) => <Input {...control} autoComplete="off" {...register('name')} />}
          </Field>
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label="Phone" error={errors.phone?.message} hint="Any usual spelling.">
              {(control) => <Input {...control} type="tel" autoComplete="off" {...register('phone')} />}
            </Field>
            <Field label="E-mail" error={errors.email?.message}>
              {(control) => <Input {...control} type="email" autoComplete="off" {...register('email')} />}
            </Field>
            <Field label="Company" error={errors.company?.message}>
              {(control) => <Input {...control} autoComplete="off" {...register('company')} />}
            </Field>
            <Field label="Title" error={errors.title?.message}>
              {(control) => <Input {...control} autoComplete="off" {...register('title')} />}
            </Field>
            <Field label="Industry" error={errors.industry?.message}>
              {(control) => <Input {...control} autoComplete="off" {...register('industry')} />}
            </Field>
            <Field label="City" error={errors.city?.message}>
              {(control) => <Input {...control} autoComplete="off" {...register('city')} />}
            </Field>
            <Field label="State or province" error={errors.region?.message}>
              {(control) => <Input {...control} autoComplete="off" {...register('region')} />}
            </Field>
            <Field label="List">
              {(control) => (
                <NativeSelect {...control} {...register('list_id')}>
                  <option value="">None</option>
                  {lists.map((list) => (
                    <option key={list.id} value={list.id}>
                      {list.name}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
          </div>
          <Field
            label="Consent to texts"
            hint="Campaigns that need consent leave out whoever has given none. Record only what you can prove."
          >
            {(control) => (
              <NativeSelect {...control} {...register('consent')}>
                <option value="">None recorded</option>
                <option value="written">Written: signed or ticked, needed for marketing in the US</option>
                <option value="express">Express: said so</option>
                <option value="implied">Implied: customer, or asked us</option>
              </NativeSelect>
            )}
          </Field>
          <Field label="Notes" error={errors.notes?.message}>
            {(control) => <Textarea {...control} {...register('notes')} />}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
