import { useSyncExternalStore } from 'react'

/** Things of one kind that are about to be deleted: out of sight, on every page, while it can still be taken back. */
export function createHidden() {
  let ids: ReadonlySet<number> = new Set()
  const listeners = new Set<() => void>()
  const change = (next: ReadonlySet<number>) => {
    ids = next
    for (const listener of listeners) listener()
  }
  const subscribe = (listener: () => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  return {
    hide: (more: Iterable<number>) => change(new Set([...ids, ...more])),
    show: (again: Iterable<number>) => {
      const shown = new Set(again)
      change(new Set([...ids].filter((id) => !shown.has(id))))
    },
    useHidden: (): ReadonlySet<number> => useSyncExternalStore(subscribe, () => ids),
  }
}
