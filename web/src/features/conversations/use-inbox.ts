import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useDeferredValue, useMemo } from 'react'
import type { z } from 'zod'
import {
  type ConversationFilter,
  type ConversationStatus,
  conversationCountsQuery,
  conversationsQuery,
  type View,
} from '@/api/conversations'
import { useRows } from '@/components/data-table/rows'
import type { conversationsSearch } from '@/features/search'

const route = getRouteApi('/conversations')

export type InboxSearch = z.infer<typeof conversationsSearch>
export type ChangeSearch = (changes: Partial<InboxSearch>) => void

/** The filter that an address means. */
export function filterOf(search: InboxSearch): ConversationFilter {
  const status: ConversationStatus | undefined = search.status === 'any' ? undefined : (search.status ?? 'open')
  return {
    status,
    // A search looks for a person; whether they ever wrote does not matter then.
    has_written: search.everyone || search.search ? undefined : true,
    handled_by: search.handled_by,
    campaign_id: search.campaign_id,
    unknown_outcome: search.unknown,
  }
}

/** What the list shows, as the address says. */
export function useInbox() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const view: View = search.view ?? 'all'
  const words = useDeferredValue(search.search?.trim() || undefined)
  const filter = useMemo(() => filterOf(search), [search])
  const rows = useRows(useInfiniteQuery(conversationsQuery({ ...filter, view, search: words })))
  const counts = useQuery(conversationCountsQuery(filter)).data
  // Only opening a thread from the list is a step that Back takes back.
  const change: ChangeSearch = (changes) =>
    void navigate({
      search: (before) => ({ ...before, ...changes }),
      replace: !changes.thread || search.thread !== undefined,
    })
  return { search, view, rows, counts, change }
}
