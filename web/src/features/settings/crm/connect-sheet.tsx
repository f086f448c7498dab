import { z } from 'zod'
import type { Schemas } from '@/api/client'
import { type CrmConnection, useConnectCrm } from '@/api/crm'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'

const connectForm = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(200, 'At most 200 characters.'),
  account: z.string().min(1, 'Choose an account.'),
  direction: z.enum(['both', 'in', 'out']),
})
type ConnectForm = z.infer<typeof connectForm>

const OPTIONS: CrmConnection['options'] = {
  create_contacts: false,
  activities: ['text', 'call', 'note', 'meeting'],
  outcomes: {},
  poll_seconds: 30,
}
const KINDS = { hubspot: 'HubSpot', salesforce: 'Salesforce', webhook: 'Webhook', local: 'Own tables' }

interface ConnectSheetProps {
  accounts: Schemas['CrmAccountsOut']
  onConnected: (connection: CrmConnection) => void
  onClose: () => void
}

export function ConnectSheet({ accounts, onConnected, onClose }: ConnectSheetProps) {
  const connect = useConnectCrm()
  const first = accounts.accounts.find((one) => one.kind !== 'local') ?? accounts.accounts[0]
  const save = async (values: ConnectForm) =>
    onConnected(await connect.mutateAsync({ ...values, mapping: [], options: OPTIONS }))
  return (
    <FormSheet<ConnectForm>
      title="Connect a CRM"
      description="What changes there from now on comes in once its fields are mapped; a backfill brings in the rest."
      action="Connect"
      schema={connectForm}
      defaultValues={{ name: '', account: first?.name ?? '', direction: 'both' }}
      save={save}
      onClose={onClose}
    >
      {({ register, formState: { errors } }) => (
        <>
          <Field label="Name" required error={errors.name?.message} hint="As your team calls it.">
            {(control) => <Input {...control} autoComplete="off" {...register('name')} />}
          </Field>
          <Field label="Account" error={errors.account?.message}>
            {(control) => (
              <NativeSelect {...control} {...register('account')}>
                {accounts.accounts.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name} ({KINDS[one.kind]}, {one.host})
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field label="Direction" hint="Opt-outs always go both ways.">
            {(control) => (
              <NativeSelect {...control} {...register('direction')}>
                <option value="both">Leads in, activities and outcomes out</option>
                <option value="in">Only leads in</option>
                <option value="out">Only activities and outcomes out</option>
              </NativeSelect>
            )}
          </Field>
          <Notice>
            Tokens and addresses are set by the operator in <code>{accounts.variable}</code>; they are never shown here.
          </Notice>
        </>
      )}
    </FormSheet>
  )
}
