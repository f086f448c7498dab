import { useState } from 'react'
import { type Message, useResolveMessage } from '@/api/conversations'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { toastProblem } from '@/lib/toast'

/** Somebody who looked it up says whether a text left; only they can, and a wrong answer sends it twice or never. */
export function UnknownOutcome({ message }: { message: Message }) {
  const [isAsking, setAsking] = useState(false)
  const resolve = useResolveMessage(message.conversation_id)
  const say = (outcome: 'sent' | 'not_sent') =>
    resolve.mutate({ id: message.id, outcome }, { onError: toastProblem, onSettled: () => setAsking(false) })
  return (
    <div className="flex ml-auto max-w-[34rem] flex-col gap-2 rounded-md bg-warning-soft px-3 py-2 text-[13px] text-warning-text">
      <p>
        The connection broke while the text was handed over, so nobody here can tell whether the carrier took it. It is
        looked up at the carrier by itself. If you see it in the carrier’s log (or the lead does), say so:
      </p>
      <p className="flex flex-wrap gap-2">
        <Button size="sm" isBusy={resolve.isPending} onClick={() => say('sent')}>
          It was sent
        </Button>
        <Button size="sm" onClick={() => setAsking(true)}>
          It was not sent …
        </Button>
      </p>
      <Confirm
        open={isAsking}
        onOpenChange={setAsking}
        title="Send this text again?"
        description="It is queued once more. If the carrier has it after all, the lead gets it twice: choose this only if its log surely does not show the text."
        action="Send it again"
        stay="Don’t send it"
        isBusy={resolve.isPending}
        onConfirm={() => say('not_sent')}
      />
    </div>
  )
}
