import { z } from 'zod'
import { useExportToSheet } from '@/api/sheets'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { type SheetsAccount, SpreadsheetFields, spreadsheetDefaults, spreadsheetShape } from './spreadsheet-fields'

const exportForm = z.object({
  campaign_id: z
    .string()
    .trim()
    .regex(/^[1-9]\d{0,15}$/, 'Write the campaign’s number.'),
  ...spreadsheetShape,
  sheet: z.string().trim().min(1, 'Name the sheet.'),
  mode: z.enum(['update', 'append']),
  every_minutes: z.enum(['', '15', '60', '1440']),
})
type ExportForm = z.infer<typeof exportForm>

export function SheetExportSheet({ accounts, onClose }: { accounts: SheetsAccount[]; onClose: () => void }) {
  const write = useExportToSheet()
  const save = ({ campaign_id, every_minutes, ...rest }: ExportForm) =>
    write.mutateAsync({
      ...rest,
      campaign_id: Number(campaign_id),
      every_minutes: every_minutes ? Number(every_minutes) : null,
    })
  return (
    <FormSheet<ExportForm>
      title="Export results"
      description="One row per lead of the campaign, with what was sent and what came back."
      action="Export"
      schema={exportForm}
      defaultValues={{
        campaign_id: '',
        ...spreadsheetDefaults(accounts),
        sheet: 'Results',
        mode: 'update',
        every_minutes: '60',
      }}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <Field label="Campaign" required error={errors.campaign_id?.message} hint="Its number, as in its address.">
            {(control) => <Input {...control} inputMode="numeric" autoComplete="off" {...register('campaign_id')} />}
          </Field>
          <SpreadsheetFields
            accounts={accounts}
            chosen={watch('account')}
            account={register('account')}
            spreadsheet={register('spreadsheet')}
            error={errors.spreadsheet}
          />
          <Field label="Sheet" required error={errors.sheet?.message} hint="What is in it is replaced, or added to.">
            {(control) => <Input {...control} autoComplete="off" {...register('sheet')} />}
          </Field>
          <Field label="Rows">
            {(control) => (
              <NativeSelect {...control} {...register('mode')}>
                <option value="update">Write the whole table anew</option>
                <option value="append">Add only rows that are not there</option>
              </NativeSelect>
            )}
          </Field>
          <Field label="Repeat">
            {(control) => (
              <NativeSelect {...control} {...register('every_minutes')}>
                <option value="">Once</option>
                <option value="15">Every 15 minutes</option>
                <option value="60">Every hour</option>
                <option value="1440">Every day</option>
              </NativeSelect>
            )}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
