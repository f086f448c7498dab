import { useQuery } from '@tanstack/react-query'
import { CalendarClock, Moon } from 'lucide-react'
import { settingsQuery } from '@/api/settings'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Notice } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { formatDateTime } from '@/lib/format'
import { fromLocal, toLocal } from './local-time'
import type { SectionProps } from './section-props'

const USUAL_HOURS = { start: '09:00', end: '18:00' }
const HOUR_MS = 3_600_000

export function ScheduleSection({ form, isLocked }: SectionProps) {
  const { draft, problems, set } = form
  const settings = useQuery(settingsQuery())
  const isLater = draft.scheduled_at !== null
  const isPast = draft.scheduled_at !== null && new Date(draft.scheduled_at) < new Date()
  const hours = settings.data?.quiet_hours
  const allowed = hours?.default.find((day) => day.start)
  return (
    <div className="grid gap-6">
      <div className="grid gap-3">
        <h3 className="flex items-center gap-2 font-medium text-[13px]">
          <CalendarClock className="size-4 text-muted-foreground" aria-hidden /> Launch
        </h3>
        <Segmented
          label="When it is launched"
          value={isLater ? 'later' : 'now'}
          choices={[
            { value: 'now', label: 'At once after the start' },
            { value: 'later', label: 'At a set time' },
          ]}
          className={isLocked('scheduled_at') ? 'pointer-events-none opacity-60' : ''}
          onChange={(when) =>
            !isLocked('scheduled_at') &&
            set({ scheduled_at: when === 'later' ? new Date(Date.now() + HOUR_MS).toISOString() : null })
          }
        />
        {isLater && (
          <Field
            label="Date and time"
            error={problems.scheduled_at}
            hint={
              isPast
                ? 'This time has passed: it would be launched at once.'
                : `In your own time zone: ${formatDateTime(draft.scheduled_at)}. The audience is fixed at that moment.`
            }
          >
            {(control) => (
              <Input
                {...control}
                type="datetime-local"
                className="w-fit"
                disabled={isLocked('scheduled_at')}
                value={toLocal(draft.scheduled_at)}
                onChange={(event) => event.target.value && set({ scheduled_at: fromLocal(event.target.value) })}
              />
            )}
          </Field>
        )}
      </div>
      <div className="grid gap-3">
        <h3 className="flex items-center gap-2 font-medium text-[13px]">
          <Moon className="size-4 text-muted-foreground" aria-hidden /> Hours in which texts may leave
        </h3>
        {hours && !hours.is_enforced ? (
          <Notice tone="warning">
            Quiet hours are switched off in this installation: texts leave at any hour, unless you set hours here.
          </Notice>
        ) : (
          <p className="text-[13px] text-muted-foreground">
            Nobody is texted at night. The hours of the lead's own place apply
            {allowed && `, ${allowed.start}–${allowed.end} where no stricter law is known`}; a text that would leave
            outside them waits. You can only narrow them.
          </p>
        )}
        <Segmented
          label="Hours"
          value={draft.quiet_hours ? 'own' : 'law'}
          choices={[
            { value: 'law', label: hours && !hours.is_enforced ? 'Any hour' : 'What the law allows' },
            { value: 'own', label: 'Narrower hours' },
          ]}
          className={isLocked('quiet_hours') ? 'pointer-events-none opacity-60' : ''}
          onChange={(which) => !isLocked('quiet_hours') && set({ quiet_hours: which === 'own' ? USUAL_HOURS : null })}
        />
        {draft.quiet_hours && (
          <div className="flex flex-wrap items-start gap-3">
            {(['start', 'end'] as const).map((edge) => (
              <Field key={edge} label={edge === 'start' ? 'From' : 'Until'}>
                {(control) => (
                  <Input
                    {...control}
                    type="time"
                    className="w-32"
                    disabled={isLocked('quiet_hours')}
                    aria-invalid={problems.quiet_hours ? true : undefined}
                    value={draft.quiet_hours?.[edge] ?? ''}
                    onChange={(event) =>
                      set({ quiet_hours: { ...(draft.quiet_hours ?? USUAL_HOURS), [edge]: event.target.value } })
                    }
                  />
                )}
              </Field>
            ))}
            {problems.quiet_hours && (
              <p className="w-full text-[13px] text-danger-text" role="alert">
                {problems.quiet_hours}
              </p>
            )}
          </div>
        )}
      </div>
    </div>
  )
}
