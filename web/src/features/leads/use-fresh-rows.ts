import { useEffect, useRef, useState } from 'react'

/** A table of so many pages is asked for anew by itself; a longer one only when its reader wants it. */
const MOST_PAGES = 2

interface PagedQuery {
  data?: { pages: unknown[] } | undefined
  refetch: () => Promise<unknown>
}

/**
 * Keeps rows fresh without taking the table from under somebody who scrolls: every page of a long table would be read
 * again at each change.
 *
 * @param changedAt when the number of matches was last asked for; that follows live updates
 */
export function useFreshRows(query: PagedQuery, changedAt: number) {
  const [isOutdated, setOutdated] = useState(false)
  const latest = useRef(query)
  latest.current = query
  const seen = useRef(changedAt)
  useEffect(() => {
    const isFirst = seen.current === 0
    if (seen.current === changedAt) return
    seen.current = changedAt
    if (isFirst) return
    const pages = latest.current.data?.pages.length ?? 0
    if (pages <= MOST_PAGES) void latest.current.refetch()
    else setOutdated(true)
  }, [changedAt])
  const refresh = async () => {
    setOutdated(false)
    await latest.current.refetch()
  }
  return { isOutdated, refresh }
}
