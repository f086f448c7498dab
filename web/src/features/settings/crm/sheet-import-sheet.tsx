import { z } from 'zod'
import { useImportSheet } from '@/api/sheets'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { toast } from '@/lib/toast'
import { type SheetsAccount, SpreadsheetFields, spreadsheetDefaults, spreadsheetShape } from './spreadsheet-fields'

const importForm = z.object({
  ...spreadsheetShape,
  cells: z.string().trim().min(1, 'Name a range, as in Leads!A:F.'),
  list_name: z.string().trim(),
})
type ImportForm = z.infer<typeof importForm>

export function SheetImportSheet({ accounts, onClose }: { accounts: SheetsAccount[]; onClose: () => void }) {
  const load = useImportSheet()
  const save = async ({ list_name, ...range }: ImportForm) => {
    const report = await load.mutateAsync({
      ...range,
      options: { columns: {}, on_duplicate: 'merge', strict: false, ...(list_name && { list_name }) },
    })
    toast.success(`Import ${report.id} began; Leads shows how far it is.`)
  }
  return (
    <FormSheet<ImportForm>
      title="Import a range"
      description="The rules of every import hold: columns are recognised, rows that can’t be used are rejected with the reason."
      action="Import"
      schema={importForm}
      defaultValues={{ ...spreadsheetDefaults(accounts), cells: '', list_name: '' }}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <SpreadsheetFields
            accounts={accounts}
            chosen={watch('account')}
            account={register('account')}
            spreadsheet={register('spreadsheet')}
            error={errors.spreadsheet}
          />
          <Field
            label="Range"
            required
            error={errors.cells?.message}
            hint="A sheet’s name, or a part of it: Leads!A:F."
          >
            {(control) => <Input {...control} autoComplete="off" {...register('cells')} />}
          </Field>
          <Field label="List" hint="Everybody in the range is put into it. Empty: into none.">
            {(control) => <Input {...control} {...register('list_name')} />}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
