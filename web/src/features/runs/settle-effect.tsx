import { CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import { type RunDetail, type RunEffect, useSettleEffect } from '@/api/runs'
import { effectLabel } from '@/components/runs/words'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { toastProblem } from '@/lib/toast'

interface SettleEffectProps {
  effect: RunEffect
  run: RunDetail
}

/** Asks who knows whether something happened that the other side gave no answer about. */
export function SettleEffect({ effect, run }: SettleEffectProps) {
  const [happened, setHappened] = useState<boolean>()
  // The dialog keeps its words while it closes.
  const [asked, setAsked] = useState(true)
  const settle = useSettleEffect(run.id)
  const ask = (answer: boolean) => {
    setHappened(answer)
    setAsked(answer)
  }
  const close = () => setHappened(undefined)
  const what = effect.title || effectLabel(effect.kind)
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      <Button onClick={() => ask(true)} aria-label={`It happened: ${what}`}>
        <CircleCheck /> It happened
      </Button>
      <Button onClick={() => ask(false)} aria-label={`It did not happen: ${what}`}>
        <CircleX /> It did not happen
      </Button>
      <Confirm
        open={happened !== undefined}
        onOpenChange={(open) => !open && close()}
        title={asked ? 'It happened?' : 'It did not happen?'}
        description={`${what} ${wordsOf(effect, run, asked)} Your name is kept with it, and it can’t be taken back.`}
        action={asked ? 'Yes, it happened' : 'Yes, it did not happen'}
        isBusy={settle.isPending}
        onConfirm={() =>
          settle.mutate({ effectId: effect.id, happened: asked }, { onError: toastProblem, onSettled: close })
        }
      />
    </div>
  )
}

/** What follows from the answer. */
function wordsOf(effect: RunEffect, run: RunDetail, happened: boolean): string {
  if (run.status !== 'waiting' || !effect.answer_wanted)
    return happened ? 'It counts as done.' : 'It counts as failed, and is not tried again by itself.'
  return happened
    ? 'The run goes on as if it had been told so.'
    : 'The run goes on as after a failure of this step. It is not tried again by itself; a replay from this step does.'
}
