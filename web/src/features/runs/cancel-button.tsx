import { Ban } from 'lucide-react'
import { useState } from 'react'
import { type RunDetail, useCancelRun } from '@/api/runs'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { toastProblem } from '@/lib/toast'

/** Ends a run that waits. */
export function CancelButton({ run }: { run: RunDetail }) {
  const [isAsking, setAsking] = useState(false)
  const cancel = useCancelRun(run.id)
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <Ban /> Cancel the run
      </Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title="Cancel this run?"
        description={`${run.lead_name || 'The lead'} gets none of its further steps, and what it waits for is dropped. Texts that have left stay sent. This can’t be undone; a replay can begin again at any step.`}
        action="Cancel the run"
        stay="Let it run"
        isDangerous
        isBusy={cancel.isPending}
        onConfirm={() => cancel.mutate(undefined, { onError: toastProblem, onSettled: () => setAsking(false) })}
      />
    </>
  )
}
