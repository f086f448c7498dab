import { type ReactNode, useEffect, useMemo, useState } from 'react'
import type { RunApproval } from '@/api/run-approvals'
import { useSelection } from '@/components/data-table/use-selection'
import { between, together } from '@/components/runs/deciding'
import { Checkbox } from '@/components/ui/toggles'
import { useShortcuts } from '@/lib/shortcuts'
import { DecideBar } from './decide-bar'

/** Keys that take the first, second … decision for those that are picked. */
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9']
const GROUP = 'Approvals'

interface Picking {
  bar: ReactNode
  /** The box of one card; none where there is nothing to decide, or nothing besides it. */
  boxOf: (approval: RunApproval) => ReactNode
}

const boxes = () => [...document.querySelectorAll<HTMLButtonElement>('[data-pick]')]

/** The box of the card in which the keyboard is. */
const boxInFocus = () => document.activeElement?.closest('li')?.querySelector<HTMLButtonElement>('[data-pick]') ?? null

/** Picks cards that wait, by pointer and by keyboard, and offers one decision for all of them. */
export function usePicking(approvals: RunApproval[], campaign: number | undefined): Picking {
  const selection = useSelection()
  const [lastId, setLastId] = useState<number>()
  const [action, setAction] = useState<string>()
  const waiting = useMemo(() => approvals.filter(({ status }) => status === 'waiting'), [approvals])
  // What somebody else decided meanwhile is not picked any more.
  const picked = useMemo(() => waiting.filter(({ id }) => selection.has(id)), [waiting, selection])
  const { actions, why } = together(picked)
  const isOffered = waiting.length > 1

  // Whoever looks at other cards means those.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another campaign is what ends the selection
  useEffect(() => selection.clear(), [campaign])

  const pick = (id: number, isRange: boolean) => {
    if (isRange) {
      selection.add(
        between(
          waiting.map((one) => one.id),
          lastId,
          id,
        ),
      )
    } else selection.toggle(id)
    setLastId(id)
  }
  const pickAll = () => selection.add(waiting.map(({ id }) => id))
  const move = (step: number) => {
    const all = boxes()
    const focused = boxInFocus()
    const at = focused ? all.indexOf(focused) : -1
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))]
    next?.focus({ preventScroll: true })
    next?.closest('li')?.scrollIntoView({ block: 'center' })
  }
  const isFocused = () => Boolean(boxInFocus())
  const pickFocused = (event: KeyboardEvent) => {
    const box = boxInFocus()
    if (box) pick(Number(box.dataset.pick), event.shiftKey)
  }
  useShortcuts(
    isOffered
      ? [
          { keys: 'j', label: 'Next card', group: GROUP, run: () => move(1) },
          { keys: 'k', label: 'Previous card', group: GROUP, run: () => move(-1) },
          { keys: 'x', label: 'Pick it (Shift: all between)', group: GROUP, run: pickFocused, when: isFocused },
          { keys: 'a', label: 'Pick all shown', group: GROUP, run: pickAll },
          {
            keys: 'Escape',
            label: 'Pick none',
            group: GROUP,
            run: selection.clear,
            when: () => picked.length > 0,
          },
          ...actions.slice(0, DIGITS.length).map(({ name, label }, index) => ({
            keys: DIGITS[index] ?? '',
            label: `${label}, for all picked`,
            group: GROUP,
            run: () => setAction(name),
          })),
        ]
      : [],
  )
  return {
    bar: isOffered && (
      <DecideBar
        count={waiting.length}
        picked={picked}
        actions={actions}
        why={why}
        action={actions.find(({ name }) => name === action)}
        onAction={setAction}
        onPickAll={pickAll}
        onClear={selection.clear}
      />
    ),
    boxOf: ({ id, title, lead_name, status }) =>
      isOffered &&
      status === 'waiting' && (
        <Checkbox
          data-pick={id}
          className="mt-0.5"
          aria-label={`Pick ${title}${lead_name && `, ${lead_name}`}`}
          checked={selection.has(id)}
          onClick={(event) => pick(id, event.shiftKey)}
        />
      ),
  }
}
