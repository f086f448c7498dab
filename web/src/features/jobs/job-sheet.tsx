import { RotateCcw, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { type FailedJob, useDeleteJobs, useRequeueJobs } from '@/api/jobs'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Confirm, Dialog, DialogContent } from '@/components/ui/dialog'
import { Facts } from '@/components/ui/misc'
import { formatDateTime, formatNumber } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'
import { jobTitle } from './words'

/** One failed job: the whole error, what it was given, and what to do with it. */
export function JobSheet({ job, onClose }: { job: FailedJob; onClose: () => void }) {
  const [isDeleting, setDeleting] = useState(false)
  const requeue = useRequeueJobs()
  const deletion = useDeleteJobs()
  const given = JSON.stringify(job.arguments, null, 2)
  // The sheet is gone once the list no longer has the job, which is before the mutation would call back.
  const told = (message: string) => () => {
    toast.success(message)
    onClose()
  }
  const jobs = { ids: [job.id] }
  const putBack = () => requeue.mutateAsync(jobs).then(told('Put back into the queue'), toastProblem)
  const giveUp = () => deletion.mutateAsync(jobs).then(told('1 failed job deleted'), toastProblem)
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        side="right"
        title={jobTitle(job.name)}
        description={`Job ${job.id}`}
        footer={
          <>
            <Button className="mr-auto" onClick={() => setDeleting(true)}>
              <Trash2 /> Delete …
            </Button>
            <Button variant="primary" isBusy={requeue.isPending} onClick={putBack}>
              <RotateCcw /> Put back
            </Button>
          </>
        }
      >
        <h3 className="mb-1.5 font-medium text-[13px]">Error</h3>
        <p className="whitespace-pre-wrap break-words rounded-md bg-danger-soft px-3 py-2 font-mono text-danger-text text-xs">
          {job.error ?? 'No error was recorded; the worker may have died.'}
        </p>
        <Facts
          className="mt-4"
          items={[
            ['Kind', <code key="kind">{job.name}</code>],
            ['Attempts', formatNumber(job.attempts)],
            ['Queued', formatDateTime(job.created_at)],
            ['Failed', formatDateTime(job.failed_at)],
          ]}
        />
        <div className="mt-4 mb-1.5 flex items-center justify-between">
          <h3 className="font-medium text-[13px]">Arguments</h3>
          <CopyButton size="sm" variant="ghost" text={given} />
        </div>
        <pre className="whitespace-pre-wrap break-words rounded-md bg-accent px-3 py-2 text-xs">{given}</pre>
        <Confirm
          open={isDeleting}
          onOpenChange={setDeleting}
          title="Delete this failed job?"
          description="What it was to do is not done, and can’t be started again from here."
          action="Delete for good"
          isDangerous
          isBusy={deletion.isPending}
          onConfirm={giveUp}
        />
      </DialogContent>
    </Dialog>
  )
}
