import { type JobsMeant, useDeleteJobs, useRequeueJobs } from '@/api/jobs'
import { Confirm } from '@/components/ui/dialog'
import { plural } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'

export type Verb = 'requeue' | 'delete'

interface ConfirmVerbProps {
  verb: Verb
  jobs: JobsMeant
  onDone: () => void
  onClose: () => void
}

/** Asks before several failed jobs are put back or deleted, does it, and tells how many it were. */
export function ConfirmVerb({ verb, jobs, onDone, onClose }: ConfirmVerbProps) {
  const requeue = useRequeueJobs()
  const deletion = useDeleteJobs()
  const all = 'all' in jobs
  const count = all ? jobs.count : jobs.ids.length
  const named = all && count > 1 ? `all ${plural(count, 'failed job')}` : plural(count, 'failed job')
  const done = (message: string) => {
    toast.success(message)
    onDone()
  }
  const callbacks = { onError: toastProblem, onSettled: onClose }
  if (verb === 'requeue') {
    return (
      <Confirm
        open
        onOpenChange={onClose}
        title={`Put ${named} back?`}
        description="They start with fresh attempts. What made them fail should be mended first, or they end here again."
        action={`Put ${plural(count, 'job')} back`}
        isBusy={requeue.isPending}
        onConfirm={() =>
          requeue.mutate(jobs, {
            ...callbacks,
            onSuccess: ({ requeued }) => done(`${plural(requeued, 'job')} put back into the queue`),
          })
        }
      />
    )
  }
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={`Delete ${named}?`}
      description="What they were to do is not done, and can’t be started again from here."
      action={`Delete ${plural(count, 'job')} for good`}
      isDangerous
      isBusy={deletion.isPending}
      onConfirm={() =>
        deletion.mutate(jobs, {
          ...callbacks,
          onSuccess: ({ deleted }) => done(`${plural(deleted, 'failed job')} deleted`),
        })
      }
    />
  )
}
