import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import type { ImportOptions } from '@/api/imports'
import type { ConsentChannel, ConsentKind } from '@/api/leads'
import { listsQuery } from '@/api/lists'
import { CHANNEL_NAMES } from '@/components/lead-filter/filters'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { Checkbox, Segmented } from '@/components/ui/toggles'
import { CONSENT_KINDS, CONSENT_METHODS } from './consent-words'
import { REGIONS } from './regions'

type Options = Partial<ImportOptions>
type ConsentForAll = NonNullable<ImportOptions['consent']>

interface ImportOptionsProps {
  options: Options
  onChange: (change: Options) => void
}

export function ImportOptionsCard({ options, onChange }: ImportOptionsProps) {
  const { data: lists = [] } = useQuery(listsQuery())
  const listsId = useId()
  return (
    <Card>
      <CardHeader title="How to import" />
      <CardBody className="grid gap-5">
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Put them into the list" hint="A new name makes a new list. Leave it empty for none.">
            {(control) => (
              <>
                <Input
                  {...control}
                  list={listsId}
                  maxLength={200}
                  autoComplete="off"
                  value={options.list_name ?? ''}
                  onChange={(event) => onChange({ list_name: event.target.value || null })}
                />
                <datalist id={listsId}>
                  {lists.map((list) => (
                    <option key={list.id} value={list.name} />
                  ))}
                </datalist>
              </>
            )}
          </Field>
          <Field label="Country of numbers without +" hint="Where the row itself names no country.">
            {(control) => (
              <NativeSelect
                {...control}
                value={options.default_region ?? ''}
                onChange={(event) => onChange({ default_region: event.target.value || null })}
              >
                <option value="">As set for Outrider</option>
                {REGIONS.map(({ code, name }) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field label="Source" hint="Noted at each lead that names none. Otherwise the file’s name.">
            {(control) => (
              <Input
                {...control}
                maxLength={300}
                value={options.source ?? ''}
                onChange={(event) => onChange({ source: event.target.value || null })}
              />
            )}
          </Field>
          <div className="grid content-start gap-1.5">
            <p className="font-medium text-[13px]">Who is known already</p>
            <Segmented
              label="Who is known already"
              value={options.on_duplicate ?? 'merge'}
              choices={[
                { value: 'merge', label: 'Is brought up to date' },
                { value: 'skip', label: 'Stays as it is' },
              ]}
              onChange={(value) => onChange({ on_duplicate: value })}
            />
          </div>
        </div>
        <Check
          checked={options.strict ?? false}
          onChange={(strict) => onChange({ strict: strict || undefined })}
          hint="Otherwise such a value is left out, and the row becomes a lead without it."
        >
          Reject a row for any value that can’t be used
        </Check>
        <ConsentChoice consent={options.consent ?? null} onChange={(consent) => onChange({ consent })} />
      </CardBody>
    </Card>
  )
}

interface CheckProps {
  checked: boolean
  onChange: (checked: boolean) => void
  hint?: string
  children: ReactNode
}

function Check({ checked, onChange, hint, children }: CheckProps) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5">
      <Checkbox
        id={id}
        className="mt-0.5"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onCheckedChange={(next) => onChange(next === true)}
      />
      <div>
        <label htmlFor={id} className="font-medium text-[13px]">
          {children}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-[13px] text-muted-foreground">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

const FIRST_CONSENT: ConsentForAll = { channels: ['sms'], kind: 'express' }

interface ConsentChoiceProps {
  consent: ConsentForAll | null
  onChange: (consent: ConsentForAll | null) => void
}

function ConsentChoice({ consent, onChange }: ConsentChoiceProps) {
  const methodsId = useId()
  const set = (change: Partial<ConsentForAll>) => onChange({ ...FIRST_CONSENT, ...consent, ...change })
  const toggle = (channel: ConsentChannel, isOn: boolean) => {
    const rest = (consent?.channels ?? []).filter((other) => other !== channel)
    const channels = isOn ? [...rest, channel] : rest
    if (channels.length > 0) set({ channels })
  }
  return (
    <fieldset className="grid gap-4 rounded-lg border p-4">
      <legend className="px-1 font-medium text-[13px]">Consent</legend>
      <Check
        checked={consent !== null}
        onChange={(isOn) => onChange(isOn ? FIRST_CONSENT : null)}
        hint="Say so only if you can prove it. Without it, consent is taken from columns of the file, if there are any; campaigns that need consent leave out everybody else."
      >
        Everybody in this file agreed to be contacted
      </Check>
      {consent && (
        <>
          <fieldset className="flex flex-wrap gap-4">
            <legend className="mb-1.5 font-medium text-[13px]">To what</legend>
            {(Object.keys(CHANNEL_NAMES) as ConsentChannel[]).map((channel) => (
              <Check
                key={channel}
                checked={consent.channels.includes(channel)}
                onChange={(isOn) => toggle(channel, isOn)}
              >
                {CHANNEL_NAMES[channel]}
              </Check>
            ))}
          </fieldset>
          <div className="grid gap-5 sm:grid-cols-2">
            <Field label="Kind" hint={CONSENT_KINDS[consent.kind].meaning}>
              {(control) => (
                <NativeSelect
                  {...control}
                  value={consent.kind}
                  onChange={(event) => set({ kind: event.target.value as ConsentKind })}
                >
                  {Object.entries(CONSENT_KINDS).map(([kind, { label }]) => (
                    <option key={kind} value={kind}>
                      {label}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
            <Field label="How it was given" hint="As in web_form, keyword, paper or call.">
              {(control) => (
                <>
                  <Input
                    {...control}
                    list={methodsId}
                    maxLength={300}
                    value={consent.method ?? ''}
                    onChange={(event) => set({ method: event.target.value || null })}
                  />
                  <datalist id={methodsId}>
                    {CONSENT_METHODS.map((method) => (
                      <option key={method} value={method} />
                    ))}
                  </datalist>
                </>
              )}
            </Field>
            <Field label="Where it was given" hint="The address of the form, the name of the event.">
              {(control) => (
                <Input
                  {...control}
                  maxLength={300}
                  value={consent.source ?? ''}
                  onChange={(event) => set({ source: event.target.value || null })}
                />
              )}
            </Field>
          </div>
        </>
      )}
    </fieldset>
  )
}
