import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { type CompanyImport, useImportCompanies } from '@/api/companies'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { humanize, plural } from '@/lib/format'

/** Adds the companies of a file to the table. */
export function ImportCompanies({ onClose }: { onClose: () => void }) {
  const [file, setFile] = useState<File | null>(null)
  const load = useImportCompanies()
  const result = load.data
  const problem = load.error instanceof ApiProblem ? load.error : null
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        title="Import companies"
        description="A CSV or Excel file whose first line names its columns: company or domain, and industry, employees, founded, revenue, description, city, state, country, technologies, competitors, news."
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
                onClick={() => file && load.mutate(file)}
              >
                Import
              </Button>
            </>
          )
        }
      >
        {result ? (
          <Result result={result} />
        ) : (
          <Field label="File" required error={problem ? `${problem.message} ${problem.remedy}` : undefined}>
            {(control) => (
              <Input
                {...control}
                type="file"
                accept=".csv,.xlsx,.txt,.tsv"
                className="h-auto py-1"
                onChange={(event) => setFile(event.target.files?.[0] ?? null)}
              />
            )}
          </Field>
        )}
      </DialogContent>
    </Dialog>
  )
}

function Result({ result }: { result: CompanyImport }) {
  const left = Object.entries(result.columns).filter(([, field]) => field === null)
  const taken = Object.entries(result.columns).filter(([, field]) => field !== null)
  return (
    <div className="grid gap-3" role="status">
      <Notice tone="success">
        {plural(result.created, 'company', 'companies')} added, {result.updated} updated.
        {result.duplicates > 0 && ` ${plural(result.duplicates, 'line')} named one again.`}
      </Notice>
      <p className="text-[13px]">
        Columns: {taken.map(([name, field]) => `${name} as ${humanize(field ?? '')}`).join(', ')}.
        {left.length > 0 && ` Left out: ${left.map(([name]) => name).join(', ')}.`}
      </p>
      {result.problems.length > 0 && (
        <ul className="max-h-60 overflow-y-auto rounded-md border text-[13px]">
          {result.problems.map((line) => (
            <li key={line.line} className="flex gap-3 border-b px-3 py-1.5 last:border-b-0">
              <span className="tabular text-muted-foreground">Line {line.line}</span>
              <span className="min-w-0 flex-1 text-danger-text">{line.reason}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
