import { useInfiniteQuery, useMutationState, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'
import {
  type Conversation,
  decisionsQuery,
  type Insight,
  insightsQuery,
  messagesQuery,
  notesQuery,
  optOutsQuery,
  type Sending,
  sendingKey,
} from '@/api/conversations'
import { useRows } from '@/components/data-table/rows'
import { entriesOf } from './entries'

/** Everything that a thread shows, as far back as it is loaded. */
export function useThread(thread: Conversation) {
  const { id, phone } = thread
  const texts = useRows(useInfiniteQuery(messagesQuery(id)))
  const notes = useQuery(notesQuery(id)).data
  const decisions = useQuery(decisionsQuery(id)).data
  const optOuts = useQuery(optOutsQuery(phone)).data
  const insights = useInsights(id, texts.items.at(-1)?.id)
  const sending = useMutationState({
    filters: { mutationKey: sendingKey(id), status: 'pending' },
    select: (mutation) => mutation.state.variables as Sending,
  })
  const entries = useMemo(
    () =>
      entriesOf({
        messages: texts.items,
        hasOlder: texts.hasNextPage,
        notes: notes ?? [],
        decisions: decisions ?? [],
        optOuts: optOuts ?? [],
        sending,
      }),
    [texts.items, texts.hasNextPage, notes, decisions, optOuts, sending],
  )
  return { texts, entries, insights, notes: notes ?? [] }
}

/** By message, as far back as the texts are loaded. */
function useInsights(id: number, oldestText: number | undefined): ReadonlyMap<number, Insight> {
  const rows = useRows(useInfiniteQuery(insightsQuery(id)))
  const { items, canLoadMore, fetchNextPage } = rows
  const oldest = items.at(-1)?.message_id
  useEffect(() => {
    const isShort = oldestText !== undefined && oldest !== undefined && oldest > oldestText
    if (isShort && canLoadMore) void fetchNextPage()
  }, [oldest, oldestText, canLoadMore, fetchNextPage])
  return useMemo(() => new Map(items.map((insight) => [insight.message_id, insight])), [items])
}
