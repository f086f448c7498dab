import { Button } from '@/components/ui/button'

interface EditConflictProps {
  /** What somebody else wrote meanwhile. */
  theirs: string
  isBusy: boolean
  onTheirs: () => void
  onMine: () => void
}

/** Two people wrote the same field; what was typed stays until one of the two is chosen. */
export function EditConflict({ theirs, isBusy, onTheirs, onMine }: EditConflictProps) {
  return (
    <div role="alert" className="mt-1 grid gap-1.5 rounded-md bg-warning-soft px-2.5 py-2 text-warning-text text-xs">
      <p className="break-words">
        {theirs ? (
          <>
            Somebody else changed this meanwhile to <strong className="font-medium">{theirs}</strong>.
          </>
        ) : (
          'Somebody else emptied this meanwhile.'
        )}
      </p>
      <p className="flex flex-wrap gap-2">
        <Button size="sm" onClick={onTheirs}>
          Load theirs
        </Button>
        <Button size="sm" isBusy={isBusy} onClick={onMine}>
          Keep mine
        </Button>
      </p>
    </div>
  )
}
