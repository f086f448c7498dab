import { useState } from 'react'
import {
  SUPPRESSION_REASONS,
  type SuppressionImport,
  type SuppressionReason,
  useImportSuppressions,
} from '@/api/suppressions'
import { Field } from '@/components/ui/field'
import { NativeSelect } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { plural } from '@/lib/format'
import { FileImport, LineProblems } from './file-import'

const REASONS = Object.entries(SUPPRESSION_REASONS) as [SuppressionReason, string][]

/** Suppresses every number of a file. */
export function ImportSuppressions({ onClose }: { onClose: () => void }) {
  const [reason, setReason] = useState<SuppressionReason>('import')
  return (
    <FileImport
      title="Import numbers"
      description="A CSV or Excel file with a column of phone numbers. All of them are suppressed, or none."
      action="Suppress numbers"
      accept=".csv,.xlsx,.txt"
      load={useImportSuppressions()}
      given={(file) => ({ file, reason })}
      result={(result) => <Result result={result} />}
      onClose={onClose}
    >
      <Field label="Reason" hint="For rows that name none of their own.">
        {(control) => (
          <NativeSelect
            {...control}
            value={reason}
            onChange={(event) => setReason(event.target.value as SuppressionReason)}
          >
            {REASONS.map(([name, label]) => (
              <option key={name} value={name}>
                {label}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
    </FileImport>
  )
}

function Result({ result }: { result: SuppressionImport }) {
  return (
    <>
      <Notice tone="success">
        {plural(result.added, 'number')} added; {plural(result.already_suppressed, 'number')} on the list before.
      </Notice>
      {result.rejected_count > 0 && (
        <>
          <p className="text-[13px]">
            {plural(result.rejected_count, 'line was', 'lines were')} left out, as they hold no number:
          </p>
          <LineProblems
            problems={result.rejected.map(({ line, value, problem }) => ({ line, value, reason: problem }))}
          />
        </>
      )}
    </>
  )
}
