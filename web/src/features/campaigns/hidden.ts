/** Campaigns that are about to be deleted: out of sight while it can still be taken back. */
import { useSyncExternalStore } from 'react'

let ids: ReadonlySet<number> = new Set()
const listeners = new Set<() => void>()

function change(next: ReadonlySet<number>): void {
  ids = next
  for (const listener of listeners) listener()
}

export const hideCampaign = (id: number): void => change(new Set([...ids, id]))
export const showCampaign = (id: number): void => change(new Set([...ids].filter((other) => other !== id)))

export const useHiddenCampaigns = (): ReadonlySet<number> =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => ids,
  )
