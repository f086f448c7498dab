import { z } from 'zod'
import type { Calendar, CalendarIn } from '@/api/calendars'
import { type Hours, hoursOf, officeHours, problemOf, WEEKDAYS } from './hours'

const line = z.string().trim().max(300, 'At most 300 characters.')
const whole = (least: number, most: number) =>
  z
    .string()
    .trim()
    .refine((value) => /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most, {
      message: `Write a whole number from ${least} to ${most}.`,
    })

/** Numbers are text while they are typed. */
export const calendarForm = z.object({
  name: z.string().trim().min(1, 'Give it a name.').max(120, 'At most 120 characters.'),
  account: z.string(),
  external_id: line,
  time_zone: z.string().min(1, 'Choose a time zone.'),
  working_hours: z.custom<Hours>().refine((hours) => WEEKDAYS.every((day) => !problemOf(hours[day])), {
    message: 'Correct the marked times.',
  }),
  slot_minutes: whole(5, 480),
  buffer_before_minutes: whole(0, 480),
  buffer_after_minutes: whole(0, 480),
  minimum_notice_minutes: whole(0, 20_160),
  horizon_days: whole(1, 180),
  most_per_day: z.union([z.literal(''), whole(1, 200)]),
  title_template: line,
  location: line,
  owner_name: line,
  owner_email: z.union([z.literal(''), z.email('Write an e-mail address, or nothing.')]),
  campaign_ids: z.array(z.number()),
})

export type CalendarForm = z.infer<typeof calendarForm>

export function valuesOf(calendar: Calendar | null): CalendarForm {
  return {
    name: calendar?.name ?? '',
    account: calendar?.account ?? '',
    external_id: calendar?.external_id ?? '',
    time_zone: calendar?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    working_hours: calendar ? hoursOf(calendar.working_hours) : officeHours(),
    slot_minutes: String(calendar?.slot_minutes ?? 30),
    buffer_before_minutes: String(calendar?.buffer_before_minutes ?? 0),
    buffer_after_minutes: String(calendar?.buffer_after_minutes ?? 0),
    minimum_notice_minutes: String(calendar?.minimum_notice_minutes ?? 120),
    horizon_days: String(calendar?.horizon_days ?? 14),
    most_per_day: calendar?.most_per_day ? String(calendar.most_per_day) : '',
    title_template: calendar?.title_template ?? '',
    location: calendar?.location ?? '',
    owner_name: calendar?.owner_name ?? '',
    owner_email: calendar?.owner_email ?? '',
    campaign_ids: calendar?.campaign_ids ?? [],
  }
}

export function toApi(form: CalendarForm): CalendarIn {
  return {
    ...form,
    enabled: true,
    account: form.account || null,
    owner_email: form.owner_email || null,
    slot_minutes: Number(form.slot_minutes),
    buffer_before_minutes: Number(form.buffer_before_minutes),
    buffer_after_minutes: Number(form.buffer_after_minutes),
    minimum_notice_minutes: Number(form.minimum_notice_minutes),
    horizon_days: Number(form.horizon_days),
    most_per_day: form.most_per_day ? Number(form.most_per_day) : null,
  }
}
