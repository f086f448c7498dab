import { z } from 'zod'
import type { Schemas } from '@/api/client'
import { useImportSheet } from '@/api/sheets'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { toast } from '@/lib/toast'

const importForm = z.object({
  account: z.string(),
  spreadsheet: z.string().trim().min(1, 'Name the spreadsheet.'),
  cells: z.string().trim().min(1, 'Name a range, as in Leads!A:F.'),
  list_name: z.string().trim(),
})
type ImportForm = z.infer<typeof importForm>

interface SheetFormProps {
  accounts: Schemas['SheetsAccountOut'][]
  onClose: () => void
}

export const spreadsheetHint = (accounts: Schemas['SheetsAccountOut'][], name: string): string => {
  const address = accounts.find((one) => one.name === name)?.address
  return address
    ? `The long id in its address. Share it with ${address}.`
    : 'A folder in sheets/ of the data folder; each CSV file in it is a sheet.'
}

export function SheetImportSheet({ accounts, onClose }: SheetFormProps) {
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
      defaultValues={{ account: accounts[0]?.name ?? 'local', spreadsheet: '', cells: '', list_name: '' }}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <Field label="Account">
            {(control) => (
              <NativeSelect {...control} {...register('account')}>
                {accounts.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field
            label="Spreadsheet"
            required
            error={errors.spreadsheet?.message}
            hint={spreadsheetHint(accounts, watch('account'))}
          >
            {(control) => <Input {...control} autoComplete="off" {...register('spreadsheet')} />}
          </Field>
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
