import { useState } from 'react'
import { useCancelEval } from '@/api/evals'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { toastProblem } from '@/lib/toast'

/** Ends a run early, after asking: the rest can't be played later. */
export function CancelButton({ runId }: { runId: number }) {
  const [isAsking, setAsking] = useState(false)
  const cancel = useCancelEval()
  return (
    <>
      <Button onClick={() => setAsking(true)}>Cancel run</Button>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title={`Cancel run ${runId}?`}
        description="The rest is not played. What was found so far is kept; a model call that is under way is still paid for."
        action="Cancel run"
        stay="Let it go on"
        isDangerous
        isBusy={cancel.isPending}
        onConfirm={() => cancel.mutate(runId, { onError: toastProblem, onSettled: () => setAsking(false) })}
      />
    </>
  )
}
