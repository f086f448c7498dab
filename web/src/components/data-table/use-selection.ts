import { useMemo, useState } from 'react'

/** Rows picked one by one, or everything that the present filter matches. */
export interface Selection {
  /** Every row that matches is meant, loaded or not. */
  isEverything: boolean
  ids: ReadonlySet<number>
  has: (id: number) => boolean
  toggle: (id: number) => void
  add: (ids: number[]) => void
  clear: () => void
  selectEverything: () => void
}

export function useSelection(): Selection {
  const [ids, setIds] = useState<ReadonlySet<number>>(new Set())
  const [isEverything, setEverything] = useState(false)
  return useMemo(
    () => ({
      isEverything,
      ids,
      has: (id) => isEverything || ids.has(id),
      toggle: (id) => {
        setEverything(false)
        setIds((before) => {
          const after = new Set(before)
          if (!after.delete(id)) after.add(id)
          return after
        })
      },
      add: (more) => setIds((before) => new Set([...before, ...more])),
      clear: () => {
        setEverything(false)
        setIds(new Set())
      },
      selectEverything: () => setEverything(true),
    }),
    [ids, isEverything],
  )
}
