import { X } from 'lucide-react'
import { useId } from 'react'
import { type RunApproval, useDecideTogether } from '@/api/run-approvals'
import { cameOf } from '@/components/runs/deciding'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { Checkbox } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { formatNumber, plural } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'

interface Action {
  name: string
  label: string
}

interface DecideBarProps {
  /** How many cards wait and are shown. */
  count: number
  picked: RunApproval[]
  actions: Action[]
  /** Why there are no actions. */
  why: string
  /** The one that is to be confirmed. */
  action: Action | undefined
  onAction: (name: string | undefined) => void
  onPickAll: () => void
  onClear: () => void
}

/** One decision for all cards that are picked. */
export function DecideBar(props: DecideBarProps) {
  const { count, picked, actions, why, action, onAction, onPickAll, onClear } = props
  const decide = useDecideTogether()
  const boxId = useId()
  const isAll = picked.length === count
  const isSome = picked.length > 0
  const send = (chosen: Action) =>
    decide.mutate(
      { ids: picked.map(({ id }) => id), action: chosen.name },
      {
        onSuccess: (items) => {
          const { decided, rest } = cameOf(items)
          const title = `${plural(decided, 'run')} decided “${chosen.label}”`
          if (rest) toast.info(title, { description: rest, duration: 8000 })
          else toast.success(title)
          onClear()
        },
        onError: toastProblem,
        onSettled: () => onAction(undefined),
      },
    )
  return (
    <section
      aria-label="Decide together"
      className={cn(
        'sticky top-0 z-10 mb-3 flex min-h-10 flex-wrap items-center gap-2 rounded-md border px-4 py-1.5',
        isSome ? 'bg-primary-soft' : 'bg-surface',
      )}
    >
      <label htmlFor={boxId} className="flex items-center gap-3 text-[13px]">
        <Checkbox
          id={boxId}
          checked={isAll || (isSome && 'indeterminate')}
          onCheckedChange={() => (isAll ? onClear() : onPickAll())}
        />
        <span className={cn('tabular', isSome ? 'text-primary-text' : 'text-muted-foreground')} aria-live="polite">
          {isSome
            ? `${formatNumber(picked.length)} of ${formatNumber(count)} picked`
            : `All ${formatNumber(count)} shown`}
        </span>
      </label>
      {isSome && (
        <Button variant="ghost" size="icon-sm" aria-label="Pick none" onClick={onClear}>
          <X />
        </Button>
      )}
      <span className="flex-1" />
      {isSome && (
        <>
          {why && <p className="text-[13px] text-primary-text">{why}</p>}
          {actions.map((one, index) => (
            <Button
              key={one.name}
              size="sm"
              variant={index === 0 ? 'primary' : 'secondary'}
              onClick={() => onAction(one.name)}
            >
              {one.label}
            </Button>
          ))}
        </>
      )}
      {action && (
        <Confirm
          open
          onOpenChange={(isOpen) => !isOpen && onAction(undefined)}
          title={`“${action.label}” for ${plural(picked.length, 'run')}?`}
          description="Forms are handed in as they stand. The runs go on at once, and what is decided stays decided."
          action={`${action.label} (${formatNumber(picked.length)})`}
          isBusy={decide.isPending}
          onConfirm={() => send(action)}
        />
      )}
    </section>
  )
}
