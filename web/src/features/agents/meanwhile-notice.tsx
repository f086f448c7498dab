import type { Agent } from '@/api/agents'
import { Button } from '@/components/ui/button'
import { formatDateTime } from '@/lib/format'

interface MeanwhileNoticeProps {
  /** As somebody else left it. */
  theirs: Agent
  /** What they changed, in words. */
  changed: string[]
  isBusy: boolean
  onTheirs: () => void
  onMine: () => void
}

/** Two people edit one draft: what was typed stays until one of the two is chosen. */
export function MeanwhileNotice({ theirs, changed, isBusy, onTheirs, onMine }: MeanwhileNoticeProps) {
  return (
    <div role="alert" className="grid gap-2 rounded-lg bg-warning-soft px-3 py-2.5 text-[13px] text-warning-text">
      <p>
        <strong className="font-medium">{theirs.changed_by || 'Somebody'}</strong> changed this draft meanwhile (
        {formatDateTime(theirs.changed_at)}){changed.length > 0 && <>: {changed.join(', ')}</>}. “Keep mine” saves what
        you changed over theirs and leaves the rest as they wrote it.
      </p>
      <p className="flex flex-wrap gap-2">
        <Button type="button" size="sm" onClick={onTheirs}>
          Load theirs
        </Button>
        <Button type="button" size="sm" isBusy={isBusy} onClick={onMine}>
          Keep mine
        </Button>
      </p>
    </div>
  )
}
