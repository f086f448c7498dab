import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { meetingsAheadQuery } from '@/api/bookings'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { formatDateTime } from '@/lib/format'
import { useTopics } from '@/live/use-live'

/** The meetings that come next; nothing while there are none. */
export function MeetingsAhead() {
  const { data: meetings = [] } = useQuery(meetingsAheadQuery())
  useTopics('bookings')
  if (meetings.length === 0) return null
  return (
    <Card>
      <CardHeader title="Coming up" />
      <ul className="divide-y border-t">
        {meetings.map((meeting) => (
          <li key={meeting.id} className="grid gap-0.5 px-4 py-2.5 text-[13px]">
            <span className="flex items-center gap-2">
              {meeting.lead_id === null ? (
                <span className="min-w-0 flex-1 truncate">{meeting.title}</span>
              ) : (
                <Link
                  to="/leads/$leadId"
                  params={{ leadId: meeting.lead_id }}
                  className="min-w-0 flex-1 truncate font-medium hover:underline"
                >
                  {meeting.lead_name ?? meeting.title}
                </Link>
              )}
              {meeting.delivery_state === 'failed' && <Badge tone="danger">Not in the calendar</Badge>}
            </span>
            <span className="tabular text-muted-foreground text-xs">
              {formatDateTime(meeting.starts_at)} · {meeting.calendar_name}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
