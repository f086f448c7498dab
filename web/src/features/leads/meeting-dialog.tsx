import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Booking, useBook, useMoveBooking } from '@/api/bookings'
import { calendarsQuery, freeSlotsQuery } from '@/api/calendars'
import type { LeadDetail } from '@/api/leads'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { NativeSelect } from '@/components/ui/input'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { toastProblem } from '@/lib/toast'
import { daysOf } from './meeting-words'

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Chooses a free slot: for a new meeting, or for the new time of `meeting`. */
export function MeetingDialog({
  lead,
  meeting,
  onClose,
}: {
  lead: LeadDetail
  meeting: Booking | null
  onClose: () => void
}) {
  const { data: calendars } = useQuery(calendarsQuery())
  const usable = calendars?.filter((one) => one.enabled) ?? []
  const [chosenCalendar, setCalendar] = useState<number | null>(meeting?.calendar_id ?? null)
  const calendarId = chosenCalendar ?? usable[0]?.id
  const theirs = lead.time_zone ?? lead.time_zones[0] ?? HERE
  const [zone, setZone] = useState(theirs)
  const [start, setStart] = useState<string | null>(null)
  const book = useBook()
  const move = useMoveBooking()
  const save = () => {
    if (!start || calendarId === undefined) return
    const options = { onSuccess: onClose, onError: toastProblem }
    if (meeting) move.mutate({ id: meeting.id, starts_at: start, calendar_id: calendarId }, options)
    else book.mutate({ calendar_id: calendarId, lead_id: lead.id, starts_at: start }, options)
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={meeting ? 'Move the meeting' : 'Book a meeting'}
        description={meeting ? meeting.title : 'Choose a time that is free.'}
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" disabled={!start} isBusy={book.isPending || move.isPending} onClick={save}>
              {meeting ? 'Move' : 'Book'}
            </Button>
          </>
        }
      >
        <div className="grid gap-4">
          {usable.length > 1 && (
            <Field label="Calendar">
              {(control) => (
                <NativeSelect
                  {...control}
                  value={calendarId}
                  onChange={(event) => {
                    setCalendar(Number(event.target.value))
                    setStart(null)
                  }}
                >
                  {usable.map((one) => (
                    <option key={one.id} value={one.id}>
                      {one.name}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
          )}
          {theirs !== HERE && (
            <Segmented
              label="Clock of the slots"
              value={zone === theirs ? 'lead' : 'here'}
              choices={[
                { value: 'lead', label: 'The lead’s time' },
                { value: 'here', label: 'My time' },
              ]}
              onChange={(choice) => setZone(choice === 'lead' ? theirs : HERE)}
            />
          )}
          {calendarId !== undefined && <Slots calendarId={calendarId} zone={zone} start={start} onChoose={setStart} />}
          {calendars && usable.length === 0 && (
            <Notice tone="warning">No calendar takes meetings. Switch one on in Settings, Calendars.</Notice>
          )}
        </div>
      </DialogContent>
    </Dialog>
  )
}

interface SlotsProps {
  calendarId: number
  zone: string
  start: string | null
  onChoose: (start: string) => void
}

function Slots({ calendarId, zone, start, onChoose }: SlotsProps) {
  const { data, error, refetch } = useQuery(freeSlotsQuery(calendarId, zone))
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} className="py-4" />
  if (!data) return <SkeletonLines count={5} />
  if (data.problem) return <Notice tone="warning">{data.problem}</Notice>
  if (data.slots.length === 0)
    return <p className="text-[13px] text-muted-foreground">Nothing is free within the calendar’s horizon.</p>
  const chosen = start === null ? null : Date.parse(start)
  return (
    <div className="grid gap-3">
      {daysOf(
        data.slots.map((slot) => slot.starts_at),
        zone,
      ).map(({ day, times }) => (
        <section key={day} aria-label={day}>
          <p className="mb-1.5 font-medium text-muted-foreground text-xs">{day}</p>
          <div className="flex flex-wrap gap-1.5">
            {times.map(({ at, label }) => (
              <Button
                key={at}
                size="sm"
                className="tabular"
                variant={Date.parse(at) === chosen ? 'primary' : 'secondary'}
                aria-pressed={Date.parse(at) === chosen}
                onClick={() => onChoose(at)}
              >
                {label}
              </Button>
            ))}
          </div>
        </section>
      ))}
    </div>
  )
}
