import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { SUPPRESSION_REASONS, type SuppressionReason, useImportSuppressions } from '@/api/suppressions'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { plural } from '@/lib/format'

const REASONS = Object.entries(SUPPRESSION_REASONS) as [SuppressionReason, string][]

/** Suppresses every number of a file. */
export function ImportSuppressions({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null)
  const [reason, setReason] = useState<SuppressionReason>('import')
  const load = useImportSuppressions()
  const result = load.data
  const problem = load.error instanceof ApiProblem ? load.error : null
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        title="Import numbers"
        description="A CSV or Excel file with a column of phone numbers. All of them are suppressed, or none."
        footer={
          result ? (
            <Button variant="primary" onClick={onClose}>
              Done
            </Button>
          ) : (
            <>
              <Button onClick={onClose}>Cancel</Button>
              <Button
                variant="primary"
                disabled={!file}
                isBusy={load.isPending}
                onClick={() => file && load.mutate({ file, reason })}
              >
                Suppress numbers
              </Button>
            </>
          )
        }
      >
        {result ? (
          <div className="grid gap-3" role="status">
            <Notice tone="success">
              {plural(result.added, 'number')} added; {plural(result.already_suppressed, 'number')} on the list before.
            </Notice>
            {result.rejected_count > 0 && (
              <>
                <p className="text-[13px]">
                  {plural(result.rejected_count, 'line was', 'lines were')} left out, as they hold no number:
                </p>
                <ul className="max-h-60 overflow-y-auto rounded-md border text-[13px]">
                  {result.rejected.map((line) => (
                    <li key={line.line} className="flex gap-3 border-b px-3 py-1.5 last:border-b-0">
                      <span className="tabular text-muted-foreground">Line {line.line}</span>
                      <span className="min-w-0 flex-1 truncate">{line.value}</span>
                      <span className="text-danger-text">{line.problem}</span>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </div>
        ) : (
          <div className="grid gap-4">
            <Field label="File" required error={problem ? `${problem.message} ${problem.remedy}` : undefined}>
              {(control) => (
                <Input
                  {...control}
                  type="file"
                  accept=".csv,.xlsx,.txt"
                  className="h-auto py-1"
                  onChange={(event) => setFile(event.target.files?.[0] ?? null)}
                />
              )}
            </Field>
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
          </div>
        )}
      </DialogContent>
    </Dialog>
  )
}
