import type { FieldError, UseFormRegisterReturn } from 'react-hook-form'
import { z } from 'zod'
import type { Schemas } from '@/api/client'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'

export type SheetsAccount = Schemas['SheetsAccountOut']

/** Which spreadsheet, of whichever form. */
export const spreadsheetShape = {
  account: z.string(),
  spreadsheet: z.string().trim().min(1, 'Name the spreadsheet.'),
}

export const spreadsheetDefaults = (accounts: SheetsAccount[]) => ({
  account: accounts[0]?.name ?? 'local',
  spreadsheet: '',
})

interface SpreadsheetFieldsProps {
  accounts: SheetsAccount[]
  /** The account that is chosen. */
  chosen: string
  account: UseFormRegisterReturn
  spreadsheet: UseFormRegisterReturn
  error: FieldError | undefined
}

/** Account and spreadsheet, with how to find and share it. */
export function SpreadsheetFields({ accounts, chosen, account, spreadsheet, error }: SpreadsheetFieldsProps) {
  const address = accounts.find((one) => one.name === chosen)?.address
  const hint = address
    ? `The long id in its address. Share it with ${address}.`
    : 'A folder in sheets/ of the data folder; each CSV file in it is a sheet.'
  return (
    <>
      <Field label="Account">
        {(control) => (
          <NativeSelect {...control} {...account}>
            {accounts.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label="Spreadsheet" required error={error?.message} hint={hint}>
        {(control) => <Input {...control} autoComplete="off" {...spreadsheet} />}
      </Field>
    </>
  )
}
