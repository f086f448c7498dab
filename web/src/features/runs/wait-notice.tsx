import { Hourglass } from 'lucide-react'
import type { RunWait } from '@/api/runs'
import { untilWords, waitLabel } from '@/components/runs/words'
import { Notice } from '@/components/ui/states'

/** What a run waits for, and until when. */
export function WaitNotice({ wait, zone, at }: { wait: RunWait; zone: string; at?: string }) {
  return (
    <Notice tone="warning" icon={Hourglass}>
      <strong className="font-medium">
        {waitLabel(wait.kind)}
        {at && ` at “${at}”`}
      </strong>{' '}
      {untilWords(wait, zone)}
    </Notice>
  )
}
