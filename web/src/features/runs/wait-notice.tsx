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
  // A call that a person makes is asked for like a decision.
  const isCall = run.approvals.some((one) => one.is_call && one.node_id === wait.node_id && one.visit === wait.visit)
  return (
    <Notice tone="warning" icon={Hourglass}>
      <strong className="font-medium">
        {waitLabel(isCall ? 'call' : wait.kind)}
        {at && ` at “${at}”`}
      </strong>{' '}
      {untilWords(wait, run.time_zone)}
    </Notice>
  )
}
