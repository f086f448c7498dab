import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { type ScoringSettingsPatch, type ScoringState, useChangeScoring } from '@/api/scoring'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { SwitchField } from '@/components/ui/switch-field'
import { toastProblem } from '@/lib/toast'
import { OUTCOMES, WEEKDAYS } from './scoring'

const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

/** What is predicted, and when it is learned anew. Each change is kept at once. */
export function ScoringOptions({ settings }: { settings: ScoringState['settings'] }) {
  const change = useChangeScoring()
  const save = (patch: ScoringSettingsPatch) =>
    change.mutate(patch, { onError: (error) => (daysProblem(error) ? undefined : toastProblem(error)) })
  const [days, setDays] = useState(String(settings.waiting_days))
  const saveDays = () => {
    if (Number(days) !== settings.waiting_days) save({ waiting_days: Number(days) })
  }
  return (
    <Card>
      <CardHeader title="What is predicted, and when" description="A change holds from the next training on." />
      <CardBody className="grid gap-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Outcome">
            {(control) => (
              <NativeSelect
                {...control}
                value={settings.outcome}
                onChange={(event) => {
                  const outcome = OUTCOMES.find(({ value }) => value === event.target.value)?.value
                  if (outcome) save({ outcome })
                }}
              >
                {OUTCOMES.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field
            label="Days after the first text"
            hint="What a lead did by then counts. Leads contacted later than that are left out."
            error={daysProblem(change.error)}
          >
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={180}
                value={days}
                onChange={(event) => setDays(event.target.value)}
                onBlur={saveDays}
                onKeyDown={(event) => event.key === 'Enter' && saveDays()}
              />
            )}
          </Field>
        </div>
        <SwitchField label="Train every week" checked={settings.weekly} onCheckedChange={(weekly) => save({ weekly })}>
          {settings.weekly ? 'The scorer is learned anew from the latest outcomes.' : 'Only when somebody asks for it.'}
        </SwitchField>
        {settings.weekly && (
          <>
            <div className="grid gap-4 sm:grid-cols-2">
              <Field label="Day">
                {(control) => (
                  <NativeSelect
                    {...control}
                    value={settings.weekday}
                    onChange={(event) => save({ weekday: Number(event.target.value) })}
                  >
                    {WEEKDAYS.map((name, day) => (
                      <option key={name} value={day}>
                        {name}
                      </option>
                    ))}
                  </NativeSelect>
                )}
              </Field>
              <Field label="Hour (UTC)">
                {(control) => (
                  <NativeSelect
                    {...control}
                    value={settings.hour}
                    onChange={(event) => save({ hour: Number(event.target.value) })}
                  >
                    {HOURS.map((hour) => (
                      <option key={hour} value={hour}>{`${String(hour).padStart(2, '0')}:00`}</option>
                    ))}
                  </NativeSelect>
                )}
              </Field>
            </div>
            <SwitchField
              label="Use it by itself"
              checked={settings.activate_by_itself}
              onCheckedChange={(on) => save({ activate_by_itself: on })}
            >
              {settings.activate_by_itself
                ? 'A weekly scorer that beats the average replaces the one in use.'
                : 'A person decides whether the new scorer is used.'}
            </SwitchField>
          </>
        )}
      </CardBody>
    </Card>
  )
}

const daysProblem = (error: unknown): string | undefined =>
  error instanceof ApiProblem ? error.of('waiting_days') : undefined
