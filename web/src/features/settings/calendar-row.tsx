import { CalendarSearch, PlugZap } from 'lucide-react'
import { useState } from 'react'
import { type Calendar, useChangeCalendar, useDeleteCalendar, useTestCalendar } from '@/api/calendars'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { EditMenu } from '@/components/ui/edit-menu'
import { Notice } from '@/components/ui/states'
import { Switch } from '@/components/ui/toggles'
import { formatAgo, plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { hoursOf, summaryOf } from './hours'
import { SlotsPreview } from './slots-preview'

const KINDS = { built_in: 'Outrider’s own', caldav: 'CalDAV', google: 'Google Calendar' }

export function CalendarRow({ calendar, onEdit }: { calendar: Calendar; onEdit: () => void }) {
  const [isDeleting, setDeleting] = useState(false)
  const [isShown, setShown] = useState(false)
  const change = useChangeCalendar()
  const deletion = useDeleteCalendar()
  const test = useTestCalendar()
  const enabled = change.isPending ? (change.variables.enabled ?? calendar.enabled) : calendar.enabled
  const isOutside = calendar.kind !== 'built_in'
  return (
    <div className="grid gap-2.5 px-4 py-3">
      <div className="flex items-start gap-3">
        <Switch
          className="mt-0.5"
          aria-label={`${calendar.name} takes meetings`}
          checked={enabled}
          onCheckedChange={(next) => change.mutate({ id: calendar.id, enabled: next }, { onError: toastProblem })}
        />
        <div className="min-w-0 flex-1">
          <h3 className="flex flex-wrap items-center gap-x-2 font-medium text-sm">
            {calendar.name}
            <Badge>{KINDS[calendar.kind]}</Badge>
            {!enabled && <Badge>Off</Badge>}
          </h3>
          <p className="tabular flex flex-wrap gap-x-3 text-[13px] text-muted-foreground">
            <span>{summaryOf(hoursOf(calendar.working_hours))}</span>
            <span>{calendar.time_zone.replaceAll('_', ' ')}</span>
            <span>{calendar.slot_minutes} minutes</span>
            {calendar.campaign_ids.length > 0 && <span>{plural(calendar.campaign_ids.length, 'campaign')}</span>}
            {isOutside && calendar.busy_fetched_at && <span>read {formatAgo(calendar.busy_fetched_at)}</span>}
          </p>
        </div>
        <EditMenu name={calendar.name} onEdit={onEdit} onDelete={() => setDeleting(true)} />
      </div>
      {isOutside && calendar.busy_problem && (
        <Notice tone="danger">
          <p className="font-medium">The calendar could not be read, so its slots are not offered for long.</p>
          <p>{calendar.busy_problem}</p>
        </Notice>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" aria-expanded={isShown} onClick={() => setShown((shown) => !shown)}>
          <CalendarSearch /> {isShown ? 'Hide free slots' : 'Show free slots'}
        </Button>
        {isOutside && (
          <Button size="sm" isBusy={test.isPending} onClick={() => test.mutate(calendar.id, { onError: toastProblem })}>
            <PlugZap /> Test the connection
          </Button>
        )}
      </div>
      {test.data && !test.isPending && (
        <Notice tone={test.data.ok ? 'success' : 'danger'}>
          <p role="status">
            {test.data.ok
              ? `“${test.data.name}” answers: ${plural(test.data.busy_times ?? 0, 'busy time')} within the horizon.`
              : [test.data.problem, test.data.remedy].filter(Boolean).join(' ')}
          </p>
        </Notice>
      )}
      {isShown && <SlotsPreview calendar={calendar} />}
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete ${calendar.name}?`}
        description="A calendar that ever had a meeting can’t be deleted; switch it off instead."
        action="Delete calendar"
        isDangerous
        isBusy={deletion.isPending}
        onConfirm={() => deletion.mutate(calendar.id, { onError: toastProblem, onSettled: () => setDeleting(false) })}
      />
    </div>
  )
}
