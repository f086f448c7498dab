import { useState } from 'react'
import { z } from 'zod'
import { type Consent, type ConsentChannel, type LeadDetail, useGrantConsent, useRevokeConsent } from '@/api/leads'
import { FormSheet } from '@/components/form/form-sheet'
import { CHANNEL_NAMES } from '@/components/lead-filter/filters'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Confirm } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'
import { toastProblem } from '@/lib/toast'
import { consentMoment } from './consent-moment'
import { CONSENT_KINDS } from './consent-words'
import { CHANNEL_ICONS } from './lead-table'

const CHANNELS = Object.keys(CHANNEL_NAMES) as ConsentChannel[]

/** What the person agreed to, per channel, with its evidence. */
export function ConsentCard({ lead }: { lead: LeadDetail }) {
  const [granting, setGranting] = useState<ConsentChannel | null>(null)
  const [revoking, setRevoking] = useState<ConsentChannel | null>(null)
  const revocation = useRevokeConsent(lead.id)
  const revoke = (channel: ConsentChannel) =>
    revocation.mutate(channel, { onSuccess: () => setRevoking(null), onError: toastProblem })
  const openOf = (channel: ConsentChannel) =>
    lead.consents?.find((consent) => consent.channel === channel && !consent.revoked_at)
  return (
    <Card>
      <CardHeader title="Consent" />
      <CardBody>
        <ul className="grid gap-2.5">
          {CHANNELS.map((channel) => (
            <ChannelConsent
              key={channel}
              channel={channel}
              consent={openOf(channel)}
              onGrant={() => setGranting(channel)}
              onRevoke={() => setRevoking(channel)}
            />
          ))}
        </ul>
      </CardBody>
      {granting && <ConsentSheet leadId={lead.id} channel={granting} onClose={() => setGranting(null)} />}
      <Confirm
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={`Note that the consent to ${revoking ? CHANNEL_NAMES[revoking].toLowerCase() : ''} is taken back?`}
        description="Campaigns that need consent leave this lead out from now on. The evidence is kept."
        action="Take back consent"
        stay="Keep the consent"
        isDangerous
        isBusy={revocation.isPending}
        onConfirm={() => revoking && revoke(revoking)}
      />
    </Card>
  )
}

interface ChannelConsentProps {
  channel: ConsentChannel
  consent: Consent | undefined
  onGrant: () => void
  onRevoke: () => void
}

function ChannelConsent({ channel, consent, onGrant, onRevoke }: ChannelConsentProps) {
  const Icon = CHANNEL_ICONS[channel]
  const evidence = consent?.evidence.text
  return (
    <li className="flex items-start gap-2.5 text-[13px]">
      <Icon className="mt-1 size-4 shrink-0 text-muted-foreground" aria-hidden />
      <div className="min-w-0 flex-1 pt-0.5">
        <p className="flex flex-wrap items-center gap-2">
          {CHANNEL_NAMES[channel]}
          <Badge tone={consent ? 'success' : 'neutral'}>{consent ? CONSENT_KINDS[consent.kind].label : 'None'}</Badge>
        </p>
        {consent && (
          <p className="break-words text-muted-foreground text-xs">
            {[consent.method, consent.source, consentMoment(consent.obtained_at ?? consent.created_at)]
              .filter(Boolean)
              .join(' · ')}
            {typeof evidence === 'string' && <span className="block">“{evidence}”</span>}
          </p>
        )}
      </div>
      {consent ? (
        <Button
          variant="ghost"
          size="sm"
          aria-label={`Take back consent to ${CHANNEL_NAMES[channel]}`}
          onClick={onRevoke}
        >
          Take back
        </Button>
      ) : (
        <Button variant="ghost" size="sm" aria-label={`Record consent to ${CHANNEL_NAMES[channel]}`} onClick={onGrant}>
          Record
        </Button>
      )}
    </li>
  )
}

const line = z.string().trim().max(300, 'At most 300 characters.')
const consentForm = z.object({
  kind: z.enum(['written', 'express', 'implied']),
  method: line,
  source: line,
  obtained_at: z
    .string()
    .refine((at) => !at || new Date(at) <= new Date(), 'Enter a moment in the past, not the future.'),
  evidence: z.string().trim().max(5000, 'At most 5,000 characters.'),
})
type ConsentForm = z.infer<typeof consentForm>

interface ConsentSheetProps {
  leadId: number
  channel: ConsentChannel
  onClose: () => void
}

function ConsentSheet({ leadId, channel, onClose }: ConsentSheetProps) {
  const granting = useGrantConsent(leadId)
  const save = ({ kind, method, source, obtained_at, evidence }: ConsentForm) =>
    granting.mutateAsync({
      channel,
      kind,
      method: method || null,
      source: source || null,
      obtained_at: obtained_at ? new Date(obtained_at).toISOString() : null,
      evidence: evidence ? { text: evidence } : {},
    })
  return (
    <FormSheet<ConsentForm>
      title={`Record consent to ${CHANNEL_NAMES[channel].toLowerCase()}`}
      description="Note what you could show if somebody asked."
      action="Record consent"
      schema={consentForm}
      defaultValues={{ kind: 'express', method: '', source: '', obtained_at: '', evidence: '' }}
      save={save}
      onClose={onClose}
    >
      {({ register, watch, formState: { errors } }) => (
        <>
          <Field label="Kind" required hint={CONSENT_KINDS[watch('kind')].meaning}>
            {(control) => (
              <NativeSelect {...control} {...register('kind')}>
                {Object.entries(CONSENT_KINDS).map(([kind, { label }]) => (
                  <option key={kind} value={kind}>
                    {label}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          <Field label="How it was given" error={errors.method?.message} hint="As in web_form, keyword, paper or call.">
            {(control) => <Input {...control} {...register('method')} />}
          </Field>
          <Field label="Where it was given" error={errors.source?.message} hint="The address of a form, an event.">
            {(control) => <Input {...control} {...register('source')} />}
          </Field>
          <Field label="When" error={errors.obtained_at?.message} hint="Now, if left empty.">
            {(control) => <Input {...control} type="datetime-local" {...register('obtained_at')} />}
          </Field>
          <Field
            label="Evidence"
            error={errors.evidence?.message}
            hint="The words that were agreed to, or that were said."
          >
            {(control) => <Textarea {...control} {...register('evidence')} />}
          </Field>
        </>
      )}
    </FormSheet>
  )
}
