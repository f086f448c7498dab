import { useBlocker } from '@tanstack/react-router'
import { CloudOff } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { Notice } from '@/components/ui/states'
import type { DraftSaver, DraftState } from './use-draft'

const WORDS: Record<DraftState, string> = {
  saved: 'Saved',
  dirty: 'Not saved yet',
  saving: 'Saving …',
  failed: 'Not saved',
  conflict: 'Not saved',
}

export function SaveMark({ state }: { state: DraftState }) {
  return (
    <span
      role="status"
      className={
        state === 'saved' || state === 'saving' || state === 'dirty'
          ? 'text-muted-foreground text-xs'
          : 'text-danger-text text-xs'
      }
    >
      {WORDS[state]}
    </span>
  )
}

/** Two who edit at once choose whose draft it is; what could not be saved is said; leaving with changes asks. */
export function DraftNotices({ draft, onLoadTheirs }: { draft: DraftSaver; onLoadTheirs: () => void }) {
  const isOpen = () => draft.state !== 'saved'
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && isOpen(),
    enableBeforeUnload: isOpen,
    withResolver: true,
  })
  return (
    <>
      {draft.state === 'conflict' && (
        <Notice
          tone="warning"
          className="mb-3"
          actions={
            <span className="flex flex-wrap gap-2">
              <Button size="sm" onClick={onLoadTheirs}>
                Load theirs
              </Button>
              <Button size="sm" onClick={() => void draft.keepMine()}>
                Keep mine
              </Button>
            </span>
          }
        >
          Somebody else saved another draft meanwhile. Yours is kept in this browser until you choose.
        </Notice>
      )}
      {draft.state === 'failed' && (
        <Notice
          tone="danger"
          icon={CloudOff}
          className="mb-3"
          actions={
            <Button size="sm" onClick={() => void draft.save()}>
              Try again
            </Button>
          }
        >
          {[draft.problem?.title, draft.problem?.detail, draft.problem?.remedy].filter(Boolean).join(' ')} It is kept in
          this browser meanwhile.
        </Notice>
      )}
      <Confirm
        open={blocker.status === 'blocked'}
        onOpenChange={(open) => !open && blocker.reset?.()}
        title="Leave before it is saved?"
        description="The latest changes are not on the server yet. They are kept in this browser."
        action="Save and leave"
        stay="Stay"
        onConfirm={async () => {
          const isSaved = await draft.save()
          if (isSaved) blocker.proceed?.()
          else blocker.reset?.()
        }}
      />
    </>
  )
}
