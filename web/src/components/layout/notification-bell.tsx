import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'
import { Bell, BellOff, CheckCheck } from 'lucide-react'
import { useState } from 'react'
import { type Notification, notificationsQuery, unreadQuery, useMarkRead } from '@/api/notifications'
import { Button } from '@/components/ui/button'
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/menu'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { formatAgo, formatDateTime } from '@/lib/format'
import { toastProblem } from '@/lib/toast'

/** What the API counts to. */
const MOST_COUNTED = 100

/** What happened, with how much of it nobody has read yet. */
export function NotificationBell({ side }: { side: 'top' | 'bottom' }) {
  const [isOpen, setOpen] = useState(false)
  const { data } = useQuery(unreadQuery())
  const unread = data?.unread ?? 0
  const count = unread >= MOST_COUNTED ? `${MOST_COUNTED - 1}+` : String(unread)
  return (
    <Popover open={isOpen} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button
          variant="ghost"
          size="icon-sm"
          className="relative"
          aria-label={unread ? `Notifications, ${count} unread` : 'Notifications'}
        >
          <Bell />
          {unread > 0 && (
            <span
              aria-hidden
              className="-top-1 -right-1 tabular absolute min-w-4 rounded-full bg-primary px-1 text-center font-semibold text-[10px] text-primary-foreground leading-4"
            >
              {count}
            </span>
          )}
        </Button>
      </PopoverTrigger>
      <PopoverContent
        side={side}
        align={side === 'top' ? 'start' : 'end'}
        collisionPadding={8}
        aria-label="What happened"
        className="flex max-h-[min(36rem,80dvh)] w-[min(24rem,calc(100vw-1rem))] flex-col p-0"
      >
        <Panel newest={data?.newest_id ?? null} hasUnread={unread > 0} onLeave={() => setOpen(false)} />
      </PopoverContent>
    </Popover>
  )
}

function Panel({ newest, hasUnread, onLeave }: { newest: number | null; hasUnread: boolean; onLeave: () => void }) {
  const [shown, setShown] = useState<'all' | 'unread'>('all')
  const query = useInfiniteQuery(notificationsQuery(shown === 'unread'))
  const markRead = useMarkRead()
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <div className="flex items-center gap-2 border-b px-3 py-2">
        <Segmented
          label="Which notifications"
          value={shown}
          onChange={setShown}
          choices={[
            { value: 'all', label: 'All' },
            { value: 'unread', label: 'Unread' },
          ]}
        />
        <Button
          variant="ghost"
          size="sm"
          className="ml-auto"
          disabled={!hasUnread || newest === null}
          isBusy={markRead.isPending}
          onClick={() => newest !== null && markRead.mutate({ up_to: newest }, { onError: toastProblem })}
        >
          <CheckCheck /> Mark all read
        </Button>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto">
        {query.error && !query.data ? (
          <ErrorState error={query.error} onRetry={query.refetch} />
        ) : query.isPending ? (
          <SkeletonLines className="p-4" count={4} />
        ) : items.length === 0 ? (
          <EmptyState icon={BellOff} title={shown === 'unread' ? 'Nothing unread' : 'Nothing happened yet'}>
            Meetings, conversations that need a person and campaigns that end appear here.
          </EmptyState>
        ) : (
          <ul className="divide-y">
            {items.map((item) => (
              <li key={item.id}>
                <Row
                  item={item}
                  onOpen={() => {
                    if (!item.read_at) markRead.mutate({ ids: [item.id] }, { onError: toastProblem })
                    if (item.link) onLeave()
                  }}
                />
              </li>
            ))}
          </ul>
        )}
        {query.hasNextPage && (
          <div className="grid place-items-center border-t p-2">
            <Button variant="ghost" size="sm" isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              Earlier ones
            </Button>
          </div>
        )}
      </div>
      <div className="border-t p-1.5">
        <Link
          to="/settings/$section"
          params={{ section: 'notifications' }}
          onClick={onLeave}
          className="block rounded-md px-2 py-1.5 text-[13px] text-muted-foreground hover:bg-accent hover:text-foreground"
        >
          Choose what you are told of
        </Link>
      </div>
    </>
  )
}

const DOTS: Record<Notification['severity'], string> = {
  info: 'bg-info',
  success: 'bg-success',
  warning: 'bg-warning',
  critical: 'bg-danger',
}
const WORDS: Record<Notification['severity'], string> = {
  info: '',
  success: '',
  warning: 'Needs attention: ',
  critical: 'Urgent: ',
}

function Row({ item, onOpen }: { item: Notification; onOpen: () => void }) {
  const router = useRouter()
  const open = () => {
    onOpen()
    if (item.link) router.history.push(item.link)
  }
  return (
    <button type="button" onClick={open} className="flex w-full gap-2.5 px-3 py-2.5 text-left hover:bg-accent">
      <span
        aria-hidden
        className={cn('mt-1.5 size-2 shrink-0 rounded-full', item.read_at ? 'bg-border-strong' : DOTS[item.severity])}
      />
      <span className="min-w-0 flex-1">
        <span className={cn('block text-[13px]', item.read_at ? 'text-muted-foreground' : 'font-medium')}>
          <span className="sr-only">
            {item.read_at ? '' : 'Unread. '}
            {WORDS[item.severity]}
          </span>
          {item.title}
        </span>
        {item.detail && <span className="line-clamp-2 text-muted-foreground text-xs">{item.detail}</span>}
      </span>
      <time
        dateTime={item.created_at}
        title={formatDateTime(item.created_at)}
        className="shrink-0 text-muted-foreground text-xs"
      >
        {formatAgo(item.created_at)}
      </time>
    </button>
  )
}
