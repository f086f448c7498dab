import { Plus, X } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Input } from '@/components/ui/input'
import { humanize } from '@/lib/format'
import {
  endFromInput,
  endToInput,
  type Hours,
  nextPeriod,
  type Period,
  problemOf,
  WEEKDAYS,
  type Weekday,
} from './hours'

/** Without the browser's own button, a time with AM or PM fits. */
const CLOCK = 'tabular w-28 [&::-webkit-calendar-picker-indicator]:hidden'

/** Periods of each weekday; a day without any is free. */
export function HoursGrid({ hours, onChange }: { hours: Hours; onChange: (hours: Hours) => void }) {
  const set = (day: Weekday, periods: Period[]) => onChange({ ...hours, [day]: periods })
  return (
    <fieldset className="grid min-w-0 gap-1.5">
      <legend className="mb-1.5 font-medium text-[13px]">Working hours</legend>
      <ul className="divide-y rounded-md border">
        {WEEKDAYS.map((day) => (
          <li key={day} className="px-3 py-2">
            <Day day={day} periods={hours[day]} onChange={(periods) => set(day, periods)} />
          </li>
        ))}
      </ul>
      <p className="text-[13px] text-muted-foreground">On the calendar’s own clock. 00:00 as an end is midnight.</p>
    </fieldset>
  )
}

function Day({ day, periods, onChange }: { day: Weekday; periods: Period[]; onChange: (periods: Period[]) => void }) {
  const name = humanize(day)
  const next = nextPeriod(periods)
  const problem = problemOf(periods)
  const change = (index: number, part: Partial<Period>) =>
    onChange(periods.map((one, place) => (place === index ? { ...one, ...part } : one)))
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-1 sm:flex-nowrap">
      <span className="w-20 shrink-0 pt-1.5 text-[13px]">{name}</span>
      <div className="order-last grid w-full min-w-0 gap-1.5 sm:order-none sm:w-auto sm:flex-1">
        {periods.length === 0 && <span className="pt-1.5 text-[13px] text-muted-foreground">Free</span>}
        {periods.map((period, index) => (
          <div key={index} className="flex items-center gap-1.5">
            <Input
              type="time"
              className={CLOCK}
              aria-label={`${name}, begin of period ${index + 1}`}
              aria-invalid={problem ? true : undefined}
              value={period.start}
              onChange={(event) => change(index, { start: event.target.value })}
            />
            <span aria-hidden>–</span>
            <Input
              type="time"
              className={CLOCK}
              aria-label={`${name}, end of period ${index + 1}`}
              aria-invalid={problem ? true : undefined}
              value={endToInput(period.end)}
              onChange={(event) => change(index, { end: endFromInput(event.target.value) })}
            />
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Remove period ${index + 1} of ${name}`}
              onClick={() => onChange(periods.filter((_, place) => place !== index))}
            >
              <X />
            </Button>
          </div>
        ))}
        {problem && (
          <p className="text-[13px] text-danger-text" role="alert">
            {problem}
          </p>
        )}
      </div>
      <Button
        variant="ghost"
        size="icon-sm"
        className="ml-auto"
        aria-label={`Add a period to ${name}`}
        disabled={!next}
        onClick={() => next && onChange([...periods, next])}
      >
        <Plus />
      </Button>
    </div>
  )
}
