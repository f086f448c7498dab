import { useState } from 'react'

/** Things that are out of sight while their deletion can still be taken back. */
export function useHidden<Id>() {
  const [hidden, setHidden] = useState<ReadonlySet<Id>>(new Set())
  return {
    isHidden: (id: Id) => hidden.has(id),
    hide: (id: Id) => setHidden((before) => new Set(before).add(id)),
    show: (id: Id) => setHidden((before) => new Set([...before].filter((other) => other !== id))),
  }
}
