import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { type Calendar, calendarsQuery } from '@/api/calendars'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { useTopics } from '@/live/use-live'
import { CalendarRow } from './calendar-row'
import { CalendarSheet } from './calendar-sheet'
import { Loaded } from './loaded'

/** When meetings may be, and where they are kept. */
export default function CalendarsSection() {
  const [edited, setEdited] = useState<Calendar | 'new' | null>(null)
  const query = useQuery(calendarsQuery())
  useTopics('bookings')
  return (
    <Loaded query={query}>
      {(calendars) => (
        <Card>
          <CardHeader
            title="Calendars"
            description="Agents offer the free slots of these calendars, in the lead’s own time, and book each of them once."
            actions={
              <Button variant="primary" onClick={() => setEdited('new')}>
                <Plus /> New calendar
              </Button>
            }
          />
          <ul className="divide-y border-t">
            {calendars.map((calendar) => (
              <li key={calendar.id}>
                <CalendarRow calendar={calendar} onEdit={() => setEdited(calendar)} />
              </li>
            ))}
          </ul>
          {edited && <CalendarSheet calendar={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
        </Card>
      )}
    </Loaded>
  )
}
