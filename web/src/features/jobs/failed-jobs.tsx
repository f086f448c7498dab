import { useInfiniteQuery } from '@tanstack/react-query'
import { CircleCheck, RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type FailedJob, failedJobsQuery, type JobsMeant } from '@/api/jobs'
import { type Column, DataTable } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { useSelection } from '@/components/data-table/use-selection'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/states'
import { formatAgo, formatNumber, plural } from '@/lib/format'
import { ConfirmVerb, type Verb } from './confirm-verb'
import { argumentsLine, jobTitle } from './words'

const COLUMNS: Column<FailedJob>[] = [
  { id: 'name', header: 'Job', width: 220, cell: (job) => <span className="font-medium">{jobTitle(job.name)}</span> },
  { id: 'error', header: 'Error', cell: (job) => job.error ?? 'No error was recorded' },
  { id: 'arguments', header: 'Arguments', width: 220, cell: (job) => argumentsLine(job.arguments) },
  { id: 'attempts', header: 'Attempts', width: 90, align: 'right', cell: (job) => formatNumber(job.attempts) },
  { id: 'failed', header: 'Failed', width: 130, align: 'right', cell: (job) => formatAgo(job.failed_at) },
]

interface Asked {
  verb: Verb
  jobs: JobsMeant
}

/** Jobs that used up their attempts: look at the error, then put them back or delete them. */
export function FailedJobs({ count, onOpen }: { count: number; onOpen: (job: FailedJob) => void }) {
  const rows = useRows(useInfiniteQuery(failedJobsQuery()))
  const selection = useSelection()
  const [asked, setAsked] = useState<Asked | null>(null)
  // Somebody else may have put back or deleted what is still marked here.
  const ids = rows.items.map((job) => job.id).filter((id) => selection.has(id))
  const ask = (verb: Verb, jobs: JobsMeant) => setAsked({ verb, jobs })
  return (
    <Card className="overflow-hidden">
      <CardHeader
        title="Failed jobs"
        description="They were tried as often as their kind allows. Put back, a job starts with fresh attempts."
        actions={
          ids.length === 0 &&
          count > 0 && (
            <>
              <Button onClick={() => ask('delete', { all: true, count })}>
                <Trash2 /> Delete all …
              </Button>
              <Button onClick={() => ask('requeue', { all: true, count })}>
                <RotateCcw /> Put all back …
              </Button>
            </>
          )
        }
      />
      {ids.length > 0 && (
        <div className="flex flex-wrap items-center gap-2 border-t bg-primary-soft px-4 py-2" role="status">
          <span className="mr-auto text-[13px] text-primary-text">{plural(ids.length, 'job')} selected</span>
          <Button onClick={() => ask('requeue', { ids })}>
            <RotateCcw /> Put back …
          </Button>
          <Button onClick={() => ask('delete', { ids })}>
            <Trash2 /> Delete …
          </Button>
          <Button variant="ghost" onClick={selection.clear}>
            Clear
          </Button>
        </div>
      )}
      <div className="flex flex-col border-t">
        <DataTable
          label="Failed jobs"
          columns={COLUMNS}
          rows={rows}
          rowId={(job) => job.id}
          rowName={(job) => `${jobTitle(job.name)} ${job.id}`}
          onOpen={onOpen}
          selection={selection}
          className="max-h-[28rem] min-h-40"
          empty={
            <EmptyState icon={CircleCheck} title="No job has failed" className="py-8">
              A job that fails is tried again by itself. Only one that keeps failing ends here.
            </EmptyState>
          }
        />
      </div>
      {asked && (
        <ConfirmVerb verb={asked.verb} jobs={asked.jobs} onDone={selection.clear} onClose={() => setAsked(null)} />
      )}
    </Card>
  )
}
