import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Calendar, freeSlotsQuery, type Slot } from '@/api/calendars'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone
const DAYS_SHOWN = 7

/** What agents would offer now, by day. */
export function SlotsPreview({ calendar }: { calendar: Calendar }) {
  const [isHere, setHere] = useState(false)
  const zone = isHere ? HERE : calendar.time_zone
  const { data, error, refetch } = useQuery(freeSlotsQuery(calendar.id, zone))
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} className="py-4" />
  if (!data) return <SkeletonLines count={3} />
  const days = byDay(data.slots, zone)
  return (
    <div className="grid gap-3">
      {HERE !== calendar.time_zone && (
        <Segmented
          label="Clock of the slots"
          value={isHere ? 'here' : 'calendar'}
          choices={[
            { value: 'calendar', label: calendar.time_zone.replaceAll('_', ' ') },
            { value: 'here', label: 'My time' },
          ]}
          onChange={(choice) => setHere(choice === 'here')}
        />
      )}
      {data.problem && <Notice tone="warning">{data.problem}</Notice>}
      {!data.problem && days.length === 0 && (
        <p className="text-[13px] text-muted-foreground">
          Nothing is free within the horizon. Look at working hours, notice and horizon.
        </p>
      )}
      <ul className="grid gap-2">
        {days.slice(0, DAYS_SHOWN).map(({ day, times }) => (
          <li key={day} className="flex flex-wrap items-baseline gap-x-2 gap-y-1 text-[13px]">
            <span className="w-24 shrink-0 text-muted-foreground">{day}</span>
            <span className="tabular flex min-w-0 flex-1 flex-wrap gap-1">
              {times.map((time) => (
                <span key={time} className="rounded border px-1.5 py-0.5 text-xs">
                  {time}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {days.length > DAYS_SHOWN && (
        <p className="text-[13px] text-muted-foreground">and {days.length - DAYS_SHOWN} more days</p>
      )}
    </div>
  )
}

function byDay(slots: Slot[], timeZone: string): { day: string; times: string[] }[] {
  const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone })
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone })
  const days = new Map<string, string[]>()
  for (const { starts_at } of slots) {
    const at = new Date(starts_at)
    days.set(day.format(at), [...(days.get(day.format(at)) ?? []), clock.format(at)])
  }
  return [...days].map(([name, times]) => ({ day: name, times }))
}
