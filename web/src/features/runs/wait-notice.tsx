import { Hourglass } from 'lucide-react'
import type { RunDetail, RunWait } from '@/api/runs'
import { untilWords, waitLabel } from '@/components/runs/words'
import { Notice } from '@/components/ui/states'

interface WaitNoticeProps {
  wait: RunWait
  run: RunDetail
  /** What the step is called. */
  at?: string
}

/** What a run waits for, and until when. */
export function WaitNotice({ wait, run, at }: WaitNoticeProps) {
  const isHere = (one: { node_id: string; visit: number }) => one.node_id === wait.node_id && one.visit === wait.visit
  // A call that a person makes is asked for like a decision.
  const isCall = run.approvals.some((one) => one.is_call && isHere(one))
  const isUnsure = wait.kind === 'effect' && run.effects.some((one) => one.state === 'unknown' && isHere(one))
  return (
    <Notice tone="warning" icon={Hourglass}>
      <strong className="font-medium">
        {isUnsure ? 'Waits for somebody who knows whether it happened' : waitLabel(isCall ? 'call' : wait.kind)}
        {at && ` at “${at}”`}
      </strong>{' '}
      {!isUnsure && untilWords(wait, run.time_zone)}
    </Notice>
  )
}
