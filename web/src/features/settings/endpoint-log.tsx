import { useInfiniteQuery } from '@tanstack/react-query'
import { ChevronRight, Inbox, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { type Delivery, type DeliveryState, deliveriesQuery, type Endpoint, useResend } from '@/api/outgoing-webhooks'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { CopyButton } from '@/components/ui/copy-button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { formatAgo, formatDateTime } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { pretty, STATE_LABELS, STATE_TONES } from './endpoint-words'

/** Every message to an endpoint, with what was sent, what came back, and the button to send it again. */
export function EndpointLog({ endpoint, onClose }: { endpoint: Endpoint; onClose: () => void }) {
  const [state, setState] = useState<DeliveryState | 'all'>('all')
  const query = useInfiniteQuery(deliveriesQuery(endpoint.id, state === 'all' ? null : state))
  const items = query.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent side="right" title="Messages" description={endpoint.url}>
        <div className="grid gap-3">
          <Segmented
            label="Which messages"
            value={state}
            onChange={setState}
            choices={[
              { value: 'all', label: 'All' },
              { value: 'queued', label: 'Waiting' },
              { value: 'failed', label: 'Failed' },
              { value: 'delivered', label: 'Delivered' },
            ]}
          />
          {query.error && !query.data ? (
            <ErrorState error={query.error} onRetry={query.refetch} />
          ) : query.isPending ? (
            <SkeletonLines count={5} />
          ) : items.length === 0 ? (
            <EmptyState icon={Inbox} title="No messages">
              Send a test, or wait until something happens that this endpoint is told of.
            </EmptyState>
          ) : (
            <ul className="divide-y rounded-md border">
              {items.map((item) => (
                <li key={item.id}>
                  <Message item={item} canResend={endpoint.enabled} />
                </li>
              ))}
            </ul>
          )}
          {query.hasNextPage && (
            <Button isBusy={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
              Earlier ones
            </Button>
          )}
        </div>
      </DialogContent>
    </Dialog>
  )
}

function Message({ item, canResend }: { item: Delivery; canResend: boolean }) {
  const [isOpen, setOpen] = useState(false)
  const last = item.log.at(-1)
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-center gap-2 px-3 py-2 text-left text-[13px] hover:bg-accent"
      >
        <ChevronRight
          className={cn('size-4 shrink-0 text-muted-foreground transition-transform', isOpen && 'rotate-90')}
          aria-hidden
        />
        <span className="min-w-0 flex-1 truncate">{item.fact}</span>
        {last?.status && <span className="tabular text-muted-foreground text-xs">{last.status}</span>}
        <Status tone={STATE_TONES[item.state]}>{STATE_LABELS[item.state]}</Status>
        <time
          dateTime={item.created_at}
          className="w-20 shrink-0 whitespace-nowrap text-right text-muted-foreground text-xs"
        >
          {formatAgo(item.created_at)}
        </time>
      </button>
      {isOpen && <Details item={item} canResend={canResend} />}
    </div>
  )
}

function Details({ item, canResend }: { item: Delivery; canResend: boolean }) {
  const resend = useResend()
  return (
    <div className="grid gap-3 border-t bg-surface-sunken px-3 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-0 break-all text-muted-foreground text-xs">{item.message_id}</span>
        <span className="ml-auto flex gap-2">
          <CopyButton size="sm" text={item.body}>
            Copy message
          </CopyButton>
          {item.state !== 'queued' && (
            <Button
              size="sm"
              isBusy={resend.isPending}
              disabled={!canResend}
              onClick={() => resend.mutate(item.id, { onError: toastProblem })}
            >
              <RotateCw /> Send again
            </Button>
          )}
        </span>
      </div>
      {item.state === 'queued' && item.next_attempt_at && (
        <p className="text-[13px] text-muted-foreground">Next attempt {formatDateTime(item.next_attempt_at)}.</p>
      )}
      <div className="grid gap-1">
        <h3 className="font-medium text-xs">Message</h3>
        <Code text={pretty(item.body)} label="Message" />
      </div>
      <div className="grid gap-1">
        <h3 className="font-medium text-xs">Attempts</h3>
        {item.log.length === 0 && <p className="text-[13px] text-muted-foreground">None yet.</p>}
        <ol className="grid gap-2">
          {item.log.toReversed().map((attempt) => (
            <li key={attempt.at} className="grid gap-1 text-[13px]">
              <p>
                {formatDateTime(attempt.at)} · {attempt.status ?? 'no answer'} · {attempt.milliseconds} ms
                {attempt.error && <span className="block text-danger-text">{attempt.error}</span>}
              </p>
              {attempt.answer && <Code text={attempt.answer} label={`Answer of ${formatDateTime(attempt.at)}`} />}
            </li>
          ))}
        </ol>
      </div>
    </div>
  )
}

/** Scrolls by itself, also by keyboard. */
function Code({ text, label }: { text: string; label: string }) {
  return (
    <div
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="max-h-56 overflow-auto rounded-md border bg-surface p-2"
    >
      <pre className="whitespace-pre-wrap break-all text-xs">{text}</pre>
    </div>
  )
}
