import type { UseMutationResult } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'

interface FileImportProps<Given, Result> {
  title: string
  description: string
  /** The button that imports: `Import`. */
  action: string
  /** Endings of files that can be read: `.csv,.xlsx`. */
  accept: string
  load: UseMutationResult<Result, Error, Given>
  /** What is sent of a chosen file. */
  given: (file: File) => Given
  onClose: () => void
  /** What became of the file. */
  result: (result: Result) => ReactNode
  /** Further fields. */
  children?: ReactNode
}

/** Asks for a file, sends it, and says what became of it. */
export function FileImport<Given, Result>(props: FileImportProps<Given, Result>) {
  const { title, description, action, accept, load, given, onClose, result, children } = props
  const [file, setFile] = useState<File | null>(null)
  const problem = load.error instanceof ApiProblem ? load.error : null
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        title={title}
        description={description}
        footer={
          load.data ? (
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
                onClick={() => file && load.mutate(given(file))}
              >
                {action}
              </Button>
            </>
          )
        }
      >
        {load.data ? (
          <div className="grid gap-3" role="status">
            {result(load.data)}
          </div>
        ) : (
          <div className="grid gap-4">
            <Field label="File" required error={problem ? `${problem.message} ${problem.remedy}` : undefined}>
              {(control) => (
                <Input
                  {...control}
                  type="file"
                  accept={accept}
                  className="h-auto py-1"
                  onChange={(event) => setFile(event.target.files?.[0] ?? null)}
                />
              )}
            </Field>
            {children}
          </div>
        )}
      </DialogContent>
    </Dialog>
  )
}

interface LineProblem {
  line: number
  reason: string
  /** What the line says. */
  value?: string
}

/** Lines of the file that were left out, each with the reason. */
export function LineProblems({ problems }: { problems: LineProblem[] }) {
  return (
    <ul className="max-h-60 overflow-y-auto rounded-md border text-[13px]">
      {problems.map(({ line, value, reason }) => (
        <li key={line} className="flex gap-3 border-b px-3 py-1.5 last:border-b-0">
          <span className="tabular text-muted-foreground">Line {line}</span>
          {value !== undefined && <span className="min-w-0 flex-1 truncate">{value}</span>}
          <span className={value === undefined ? 'min-w-0 flex-1 text-danger-text' : 'text-danger-text'}>{reason}</span>
        </li>
      ))}
    </ul>
  )
}
