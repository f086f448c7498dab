import { useQuery } from '@tanstack/react-query'
import { type Calendar, calendarAccountsQuery, useChangeCalendar, useCreateCalendar } from '@/api/calendars'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { FormSheet } from '@/components/form/form-sheet'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { Checkbox } from '@/components/ui/toggles'
import { type CalendarForm, calendarForm, toApi, valuesOf } from './calendar-form'
import { HoursGrid } from './hours-grid'

const ZONES = Intl.supportedValuesOf('timeZone')
const NUMBERS = [
  ['slot_minutes', 'Length of a meeting', 'Minutes.'],
  ['minimum_notice_minutes', 'Shortest notice', 'Minutes until the first slot that is offered.'],
  ['buffer_before_minutes', 'Free before', 'Minutes before each meeting.'],
  ['buffer_after_minutes', 'Free after', 'Minutes after each meeting.'],
  ['horizon_days', 'Horizon', 'Days ahead that slots are offered.'],
  ['most_per_day', 'Most per day', 'Meetings; empty for no limit.'],
] as const
const LINES = [
  ['title_template', 'Title of meetings', 'As in “Roof check with {{lead.name}}”. Empty: the agent’s words.'],
  ['location', 'Place or link', 'An address, or the link of a video call; it is in every invitation.'],
  ['owner_name', 'Whom the lead meets', ''],
  ['owner_email', 'Their e-mail', 'Organises the meetings and gets every invitation.'],
] as const

/** Creates a calendar (`calendar` null) or changes one. */
export function CalendarSheet({ calendar, onClose }: { calendar: Calendar | null; onClose: () => void }) {
  const create = useCreateCalendar()
  const change = useChangeCalendar()
  const save = (form: CalendarForm) => {
    const { enabled, ...body } = toApi(form)
    return calendar ? change.mutateAsync({ id: calendar.id, ...body }) : create.mutateAsync({ ...body, enabled })
  }
  return (
    <FormSheet<CalendarForm>
      title={calendar ? 'Edit calendar' : 'New calendar'}
      description="Agents offer its free slots and book them."
      action={calendar ? 'Save changes' : 'Create calendar'}
      schema={calendarForm}
      defaultValues={valuesOf(calendar)}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, setValue, formState: { errors } }) => (
        <>
          <Field label="Name" required error={errors.name?.message}>
            {(control) => <Input {...control} autoComplete="off" {...register('name')} />}
          </Field>
          <KeptAt
            account={watch('account')}
            register={register}
            error={errors.external_id?.message ?? errors.account?.message}
          />
          <Field
            label="Time zone"
            error={errors.time_zone?.message}
            hint="Of the working hours. Leads see slots in their own."
          >
            {(control) => (
              <NativeSelect {...control} {...register('time_zone')}>
                {[...new Set(['UTC', watch('time_zone'), ...ZONES])].map((zone) => (
                  <option key={zone}>{zone}</option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <HoursGrid
            hours={watch('working_hours')}
            onChange={(hours) => setValue('working_hours', hours, { shouldDirty: true })}
          />
          <div className="grid gap-5 sm:grid-cols-2">
            {NUMBERS.map(([name, label, hint]) => (
              <Field key={name} label={label} hint={hint} error={errors[name]?.message}>
                {(control) => <Input {...control} inputMode="numeric" autoComplete="off" {...register(name)} />}
              </Field>
            ))}
          </div>
          {LINES.map(([name, label, hint]) => (
            <Field key={name} label={label} hint={hint} error={errors[name]?.message}>
              {(control) => <Input {...control} autoComplete="off" {...register(name)} />}
            </Field>
          ))}
          <Campaigns
            chosen={watch('campaign_ids')}
            onChange={(ids) => setValue('campaign_ids', ids, { shouldDirty: true })}
          />
        </>
      )}
    </FormSheet>
  )
}

type Register = Parameters<NonNullable<React.ComponentProps<typeof FormSheet<CalendarForm>>['children']>>[0]['register']

/** Where the meetings are kept: here, or at an account that the operator set up. */
function KeptAt({ account, register, error }: { account: string; register: Register; error: string | undefined }) {
  const { data: accounts = [] } = useQuery(calendarAccountsQuery())
  const chosen = accounts.find((one) => one.name === account)
  return (
    <>
      <Field
        label="Kept at"
        hint={
          accounts.length === 0
            ? 'CalDAV and Google accounts appear here once OUTRIDER_CALENDAR_ACCOUNTS names them.'
            : 'Accounts are set up by OUTRIDER_CALENDAR_ACCOUNTS; addresses and passwords stay there.'
        }
        error={chosen ? undefined : error}
      >
        {(control) => (
          <NativeSelect {...control} {...register('account')}>
            <option value="">Outrider’s own calendar</option>
            {account && !chosen && <option value={account}>{account} (not set up)</option>}
            {accounts.map((one) => (
              <option key={one.name} value={one.name}>
                {one.name} ({one.kind === 'google' ? 'Google Calendar' : `CalDAV at ${one.host}`})
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {account && (
        <Field
          label="Calendar there"
          error={error}
          hint={
            chosen?.kind === 'google'
              ? 'Its id at Google, usually an e-mail address; empty for the account’s first calendar.'
              : 'What follows the account’s address, as in work; empty if the address is the calendar’s own.'
          }
        >
          {(control) => <Input {...control} autoComplete="off" spellCheck={false} {...register('external_id')} />}
        </Field>
      )}
    </>
  )
}

function Campaigns({ chosen, onChange }: { chosen: number[]; onChange: (ids: number[]) => void }) {
  const { data: campaigns = [] } = useQuery(campaignUsesQuery())
  const shown = campaigns.filter(
    (one) => chosen.includes(one.id) || ['draft', 'pending', 'processing', 'paused'].includes(one.status),
  )
  const toggle = (id: number, isOn: boolean) => onChange(isOn ? [...chosen, id] : chosen.filter((one) => one !== id))
  return (
    <fieldset className="grid min-w-0 gap-1.5">
      <legend className="mb-1.5 font-medium text-[13px]">Campaigns</legend>
      {shown.length > 0 && (
        <ul className="grid max-h-48 gap-1 overflow-y-auto rounded-md border p-2">
          {shown.map((campaign) => (
            <li key={campaign.id}>
              <div className="flex items-center gap-2 text-[13px]">
                <Checkbox
                  id={`calendar-campaign-${campaign.id}`}
                  checked={chosen.includes(campaign.id)}
                  onCheckedChange={(isOn) => toggle(campaign.id, isOn === true)}
                />
                <label htmlFor={`calendar-campaign-${campaign.id}`} className="truncate">
                  {campaign.name}
                </label>
              </div>
            </li>
          ))}
        </ul>
      )}
      <p className="text-[13px] text-muted-foreground">
        {chosen.length === 0
          ? 'It serves every campaign that has no calendar of its own.'
          : 'It serves these campaigns only.'}
      </p>
    </fieldset>
  )
}
