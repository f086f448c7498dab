import { useInfiniteQuery } from '@tanstack/react-query'
import { CalendarClock, CalendarPlus, CalendarX, Download, EllipsisVertical, RotateCw } from 'lucide-react'
import { useState } from 'react'
import { type Booking, icsAddress, leadBookingsQuery, useCancelBooking, useDeliverBooking } from '@/api/bookings'
import type { LeadDetail } from '@/api/leads'
import { useRows } from '@/components/data-table/rows'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Confirm } from '@/components/ui/dialog'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatDateTime } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { useTopics } from '@/live/use-live'
import { MeetingDialog } from './meeting-dialog'
import { concernsOf, standingOf } from './meeting-words'

/** The lead's meetings: book, move, cancel. */
export function MeetingsCard({ lead }: { lead: LeadDetail }) {
  const rows = useRows(useInfiniteQuery(leadBookingsQuery(lead.id)))
  const [chosen, setChosen] = useState<Booking | 'new' | null>(null)
  useTopics('bookings')
  return (
    <Card>
      <CardHeader
        title="Meetings"
        actions={
          <Button variant="ghost" size="icon-sm" aria-label="Book a meeting" onClick={() => setChosen('new')}>
            <CalendarPlus />
          </Button>
        }
      />
      <CardBody>
        {rows.error && rows.items.length === 0 ? (
          <ErrorState error={rows.error} onRetry={rows.refetch} className="py-4" />
        ) : rows.isPending ? (
          <SkeletonLines count={2} />
        ) : rows.items.length === 0 ? (
          <p className="text-[13px] text-muted-foreground">No meeting yet.</p>
        ) : (
          <ul className="grid gap-3">
            {rows.items.map((meeting) => (
              <li key={meeting.id}>
                <Meeting meeting={meeting} onMove={() => setChosen(meeting)} />
              </li>
            ))}
          </ul>
        )}
        {rows.hasNextPage && (
          <Button size="sm" className="mt-3" isBusy={rows.isFetchingNextPage} onClick={() => rows.fetchNextPage()}>
            Show more
          </Button>
        )}
      </CardBody>
      {chosen && (
        <MeetingDialog lead={lead} meeting={chosen === 'new' ? null : chosen} onClose={() => setChosen(null)} />
      )}
    </Card>
  )
}

function Meeting({ meeting, onMove }: { meeting: Booking; onMove: () => void }) {
  const [isCancelling, setCancelling] = useState(false)
  const cancel = useCancelBooking()
  const deliver = useDeliverBooking()
  const standing = standingOf(meeting)
  const isAhead = standing.label === 'Booked'
  const hasFailed = meeting.delivery_state === 'failed' || meeting.invitation_state === 'failed'
  return (
    <div className="grid gap-0.5 text-[13px]">
      <span className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate">{meeting.title}</span>
        <Badge tone={standing.tone}>{standing.label}</Badge>
        <Menu>
          <MenuTrigger asChild>
            <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${meeting.title}`}>
              <EllipsisVertical />
            </Button>
          </MenuTrigger>
          <MenuContent>
            {isAhead && (
              <MenuItem onSelect={onMove}>
                <CalendarClock /> Move …
              </MenuItem>
            )}
            <MenuItem asChild>
              <a href={icsAddress(meeting.id)} download>
                <Download /> Calendar file
              </a>
            </MenuItem>
            {hasFailed && (
              <MenuItem onSelect={() => deliver.mutate(meeting.id, { onError: toastProblem })}>
                <RotateCw /> Tell calendar and people again
              </MenuItem>
            )}
            {isAhead && (
              <MenuItem isDangerous onSelect={() => setCancelling(true)}>
                <CalendarX /> Cancel the meeting …
              </MenuItem>
            )}
          </MenuContent>
        </Menu>
      </span>
      <span className="tabular text-muted-foreground text-xs">
        {[
          formatDateTime(meeting.starts_at),
          meeting.calendar_name,
          meeting.booked_by === 'agent' ? 'booked by the agent' : `booked by ${meeting.booked_by}`,
          meeting.end_reason,
        ]
          .filter(Boolean)
          .join(' · ')}
      </span>
      {concernsOf(meeting).map((concern) => (
        <span key={concern} className="text-warning-text text-xs">
          {concern}
        </span>
      ))}
      <Confirm
        open={isCancelling}
        onOpenChange={setCancelling}
        title="Cancel the meeting?"
        description="It goes from the calendar, and everybody who was invited is told."
        action="Cancel the meeting"
        stay="Keep it"
        isDangerous
        isBusy={cancel.isPending}
        onConfirm={() =>
          cancel.mutate(
            { id: meeting.id, reason: '' },
            { onError: toastProblem, onSettled: () => setCancelling(false) },
          )
        }
      />
    </div>
  )
}
