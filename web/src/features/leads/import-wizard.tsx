import { useQuery } from '@tanstack/react-query'
import { useBlocker } from '@tanstack/react-router'
import { CircleAlert, Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { type ImportOptions, type ImportPreview, type ImportReport, previewImport, useStartImport } from '@/api/imports'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { Progress } from '@/components/ui/progress'
import { Notice, SkeletonLines } from '@/components/ui/states'
import { formatPercent } from '@/lib/format'
import { ImportDrop } from './import-drop'
import { ImportMapping } from './import-mapping'
import { ImportOptionsCard } from './import-options'
import { ImportSample } from './import-sample'
import { type Choices, clashes, headOf, optionsOf } from './importing'

/** Tells files apart that are chosen one after the other. */
let number = 0

interface Chosen {
  file: File
  number: number
}

interface ImportWizardProps {
  onStarted: (report: ImportReport) => void
}

/** From a file to a started import. Choices outlive a file that turns out to be broken. */
export function ImportWizard({ onStarted }: ImportWizardProps) {
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const [choices, setChoices] = useState<Choices>({})
  const [options, setOptions] = useState<Partial<ImportOptions>>({})
  const [share, setShare] = useState(0)
  const latest = useRef<{ number: number; preview: ImportPreview } | null>(null)
  const isLeaving = useRef(false)

  const problems = clashes(choices)
  const given = optionsOf(options, choices)
  // The list and the source change nothing in the preview; typing them should not ask for it.
  const { list_name: _list, source: _source, ...asked } = given
  const query = useQuery({
    queryKey: ['import-preview', chosen?.number, asked],
    queryFn: async () => previewImport(await headOf((chosen as Chosen).file), asked),
    enabled: chosen !== null && Object.keys(problems).length === 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (chosen && query.data) latest.current = { number: chosen.number, preview: query.data }
  const preview = latest.current?.number === chosen?.number ? latest.current?.preview : undefined

  const starting = useStartImport(setShare)
  const isChanged = () => chosen !== null && !isLeaving.current
  const blocker = useBlocker({ shouldBlockFn: isChanged, enableBeforeUnload: isChanged, withResolver: true })

  const choose = (file: File) => {
    number += 1
    starting.reset()
    setChosen({ file, number })
    // What was chosen for columns that the new file does not have would only be refused.
    latest.current = null
  }
  const start = () => {
    if (!chosen) return
    setShare(0)
    starting.mutate(
      { file: chosen.file, options: given },
      {
        onSuccess: (report) => {
          isLeaving.current = true
          onStarted(report)
        },
      },
    )
  }
  const forget = () => setChoices({})
  const isReady = Boolean(preview) && !preview?.problem && Object.keys(problems).length === 0 && !query.isError
  return (
    <div className="grid grid-cols-1 gap-4">
      <ImportDrop file={chosen?.file ?? null} onFile={choose} />
      {chosen && query.isPending && !preview && Object.keys(problems).length === 0 && <SkeletonLines count={4} />}
      {query.isError && (
        <Problem error={query.error}>
          {Object.keys(choices).length > 0 && <Button onClick={forget}>Map the columns anew</Button>}
        </Problem>
      )}
      {preview && (
        <>
          {preview.problem && (
            <Notice tone="danger" icon={CircleAlert}>
              <span role="alert">
                In this file {preview.problem}, so nobody in it could be reached. Choose “Phone” or “E-mail” for the
                column that holds them, or add such a column to the file.
              </span>
            </Notice>
          )}
          <ImportMapping
            preview={preview}
            choices={choices}
            problems={problems}
            onChoose={(column, target) => setChoices((before) => ({ ...before, [column]: target }))}
          />
          <ImportSample preview={preview} isStale={query.isFetching} />
          <ImportOptionsCard
            options={options}
            onChange={(change) => setOptions((before) => ({ ...before, ...change }))}
          />
          {starting.isError && <Problem error={starting.error} />}
          <div className="flex flex-wrap items-center justify-end gap-3">
            {starting.isPending && (
              <div className="flex min-w-48 flex-1 items-center gap-3">
                <Progress label="Upload" value={100 * share} />
                <span className="tabular shrink-0 text-[13px] text-muted-foreground">
                  {share < 1 ? `${formatPercent(100 * share, 0)} uploaded` : 'Reading the file …'}
                </span>
              </div>
            )}
            <Button variant="primary" size="lg" disabled={!isReady} isBusy={starting.isPending} onClick={start}>
              <Upload /> Import
            </Button>
          </div>
        </>
      )}
      <Confirm
        open={blocker.status === 'blocked'}
        onOpenChange={(open) => !open && blocker.reset?.()}
        title="Leave without importing?"
        description="The file and what you chose for it are forgotten."
        action="Leave"
        isDangerous
        onConfirm={() => blocker.proceed?.()}
      />
    </div>
  )
}

/** What is wrong with a file or an option, and what to do about it. */
function Problem({ error, children }: { error: unknown; children?: React.ReactNode }) {
  const problem = error instanceof ApiProblem ? error : null
  const fields = problem?.fields.map((field) => [field.problem, field.remedy].filter(Boolean).join('. ')) ?? []
  return (
    <Notice tone="danger" icon={CircleAlert} actions={children}>
      <div role="alert">
        <p className="font-medium">{problem ? problem.detail || problem.title : String(error)}</p>
        {problem?.remedy && <p>{problem.remedy}</p>}
        {fields.map((field) => (
          <p key={field}>{field}</p>
        ))}
      </div>
    </Notice>
  )
}
