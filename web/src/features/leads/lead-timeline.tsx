import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  Ban,
  CalendarCheck,
  CalendarClock,
  CalendarX,
  CircleCheck,
  FileUp,
  type LucideIcon,
  Megaphone,
  MessageSquareReply,
  MessageSquareText,
  Route,
  ShieldCheck,
  ShieldX,
  UserPlus,
} from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import type { TimelineEntry } from '@/api/leads'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { bodyOf, byDay, detailOf, titleOf } from './timeline'

const ICONS: Record<TimelineEntry['kind'], LucideIcon> = {
  text_in: MessageSquareReply,
  text_out: MessageSquareText,
  campaign: Megaphone,
  consent: ShieldCheck,
  consent_revoked: ShieldX,
  suppressed: Ban,
  suppression_lifted: CircleCheck,
  imported: FileUp,
  created: UserPlus,
  meeting_booked: CalendarCheck,
  meeting_moved: CalendarClock,
  meeting_cancelled: CalendarX,
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

interface LeadTimelineProps {
  leadId: number
  query: Pick<
    UseInfiniteQueryResult,
    'isPending' | 'error' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage' | 'refetch'
  >
  entries: TimelineEntry[]
}

/** What happened to a lead on every channel, by day, newest first. */
export function LeadTimeline({ leadId, query, entries }: LeadTimelineProps) {
  const end = useRef<HTMLDivElement>(null)
  const { hasNextPage, isFetchingNextPage, error, fetchNextPage } = query
  useEffect(() => {
    // After a failure only the button asks again: by itself it would be asked for without end.
    if (!end.current || !hasNextPage || isFetchingNextPage || error) return
    const observer = new IntersectionObserver(([shown]) => shown?.isIntersecting && void fetchNextPage())
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [hasNextPage, isFetchingNextPage, error, fetchNextPage])
  return (
    <Card>
      <CardHeader
        title="Timeline"
        actions={
          <Button asChild variant="ghost" size="sm">
            <Link to="/runs" search={{ lead: leadId }}>
              <Route aria-hidden /> Runs
            </Link>
          </Button>
        }
      />
      {query.isPending && <SkeletonLines className="p-4" count={5} />}
      {Boolean(query.error) && entries.length === 0 && (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      )}
      {byDay(entries).map(({ day, entries: ofDay }) => (
        <section key={day} className="px-4 pb-3">
          <h3 className="sticky top-0 z-10 bg-surface py-2 font-medium text-muted-foreground text-xs">
            {dayFormat.format(new Date(`${day}T12:00`))}
          </h3>
          <ol className="grid gap-3">
            {ofDay.map((entry) => (
              <Entry key={`${entry.kind} ${entry.id}`} entry={entry} />
            ))}
          </ol>
        </section>
      ))}
      <div ref={end} />
      {hasNextPage && (
        <div className="px-4 pb-4">
          <Button variant="ghost" size="sm" isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show earlier
          </Button>
        </div>
      )}
    </Card>
  )
}

/** Longer texts show their first lines until they are opened. */
const LONG = 240

function Entry({ entry }: { entry: TimelineEntry }) {
  const [isOpen, setOpen] = useState(false)
  const Icon = ICONS[entry.kind]
  const body = bodyOf(entry)
  const campaignId = entry.data.campaign_id
  const isLong = body.length > LONG
  return (
    <li className="flex gap-3 text-[13px]">
      <span className="mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-accent text-muted-foreground">
        <Icon className="size-3.5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium">
            {entry.kind === 'campaign' && typeof campaignId === 'number' ? (
              <Link to="/campaigns/$campaignId" params={{ campaignId }} className="hover:underline">
                {titleOf(entry)}
              </Link>
            ) : (
              titleOf(entry)
            )}
          </span>
          <time dateTime={entry.at} className="tabular text-muted-foreground text-xs">
            {clock.format(new Date(entry.at))}
          </time>
        </p>
        {body && (
          <p className={cn('mt-0.5 whitespace-pre-wrap break-words', isLong && !isOpen && 'line-clamp-3')}>{body}</p>
        )}
        {isLong && (
          <Button variant="link" size="sm" aria-expanded={isOpen} onClick={() => setOpen((open) => !open)}>
            {isOpen ? 'Show less' : 'Show all'}
          </Button>
        )}
        {detailOf(entry) && <p className="break-words text-muted-foreground text-xs">{detailOf(entry)}</p>}
      </div>
    </li>
  )
}
