import { useVirtualizer } from '@tanstack/react-virtual'
import { CheckCheck, Inbox, SearchX } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import type { Conversation } from '@/api/conversations'
import type { Rows } from '@/components/data-table/data-table'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, Skeleton } from '@/components/ui/states'
import { ConversationRow } from './conversation-row'
import { hasDraft } from './drafts'
import type { ChangeSearch, InboxSearch } from './use-inbox'
import { useNow } from './use-now'

const ROW_HEIGHT = 84
const LOAD_AHEAD = 15

interface ConversationListProps {
  rows: Rows<Conversation>
  openId: number | undefined
  me: string
  empty: ReactNode
}

/** The threads, the latest first: virtual, page by page as one scrolls; the open one is kept in sight. */
export function ConversationList({ rows, openId, me, empty }: ConversationListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const now = useNow()
  const { items, hasNextPage, isFetchingNextPage, canLoadMore, fetchNextPage } = rows
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => items[index]?.id ?? index,
    overscan: 8,
  })
  const visible = virtual.getVirtualItems()
  const last = visible.at(-1)?.index ?? 0
  useEffect(() => {
    if (canLoadMore && last >= items.length - LOAD_AHEAD) void fetchNextPage()
  }, [canLoadMore, last, items.length, fetchNextPage])

  // Once per opened thread: when the list moves on, who scrolled it elsewhere stays there.
  const openIndex = items.findIndex((thread) => thread.id === openId)
  const shownId = useRef<number>(undefined)
  useEffect(() => {
    if (openIndex < 0 || shownId.current === openId) return
    shownId.current = openId
    virtual.scrollToIndex(openIndex, { align: 'auto' })
  }, [openIndex, openId, virtual])

  if (rows.error && items.length === 0) return <ErrorState error={rows.error} onRetry={rows.refetch} />
  if (rows.isPending) return <LoadingRows />
  if (items.length === 0 && !hasNextPage) return <>{empty}</>
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto">
      <ul className="relative" style={{ height: virtual.getTotalSize() }} aria-label="Conversations">
        {visible.map(({ index, start, key }) => {
          const thread = items[index] as Conversation
          return (
            <li
              key={key}
              aria-setsize={hasNextPage ? -1 : items.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0"
              style={{ height: ROW_HEIGHT, transform: `translateY(${start}px)` }}
            >
              <ConversationRow
                thread={thread}
                me={me}
                isOpen={thread.id === openId}
                hasDraft={hasDraft(thread.id)}
                now={now}
              />
            </li>
          )
        })}
      </ul>
      {isFetchingNextPage && <p className="px-3 py-2 text-muted-foreground text-xs">Loading more …</p>}
      {Boolean(rows.error) && (
        <p className="flex items-center gap-3 px-3 py-2 text-[13px] text-danger-text" role="alert">
          The next threads could not be loaded.
          <Button size="sm" onClick={() => rows.fetchNextPage()}>
            Try again
          </Button>
        </p>
      )}
    </div>
  )
}

function LoadingRows() {
  return (
    <div role="status" aria-label="Loading conversations">
      {Array.from({ length: 8 }, (_, row) => (
        <div key={row} className="flex gap-3 border-b px-3 py-2.5" style={{ height: ROW_HEIGHT }}>
          <Skeleton className="size-8 rounded-full" />
          <div className="grid flex-1 content-start gap-2 pt-0.5">
            <Skeleton className="h-3.5 w-1/2" />
            <Skeleton className="h-3.5 w-5/6" />
            <Skeleton className="h-3 w-1/4" />
          </div>
        </div>
      ))}
    </div>
  )
}

/** Why the list is empty, and what shows more. */
export function EmptyList({ search, change }: { search: InboxSearch; change: ChangeSearch }) {
  const isNarrowed =
    search.search || search.unknown || search.status || search.campaign_id || search.handled_by || search.view
  if (search.unknown && !search.search)
    return (
      <EmptyState
        icon={CheckCheck}
        title="Every text’s outcome is known"
        actions={<Button onClick={() => change({ unknown: undefined, status: undefined })}>Show all open ones</Button>}
      >
        Conversations with a text that may or may not have left appear here.
      </EmptyState>
    )
  if (isNarrowed)
    return (
      <EmptyState
        icon={SearchX}
        title={search.view === 'needs_person' && !search.search ? 'Nobody is needed' : 'No conversation matches'}
        actions={
          <Button
            onClick={() =>
              change({
                search: undefined,
                status: undefined,
                campaign_id: undefined,
                handled_by: undefined,
                view: undefined,
                unknown: undefined,
              })
            }
          >
            Show all open ones
          </Button>
        }
      >
        {search.view === 'needs_person' && !search.search
          ? 'The agents manage by themselves. Threads that need a person appear here.'
          : 'Search looks at names, companies, numbers and everything that was written.'}
      </EmptyState>
    )
  return (
    <EmptyState
      icon={Inbox}
      title={search.everyone ? 'No conversation yet' : 'Nobody has written yet'}
      actions={!search.everyone && <Button onClick={() => change({ everyone: true })}>Show everyone we texted</Button>}
    >
      Start a campaign; when leads answer, their threads appear here.
    </EmptyState>
  )
}
