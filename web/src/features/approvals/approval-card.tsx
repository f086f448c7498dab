import { Link } from '@tanstack/react-router'
import { Check, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type Approval, type ApprovalStatus, useApprove, useReject } from '@/api/approvals'
import { countSegments } from '@/components/conversation/segments'
import { Status, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Field } from '@/components/ui/field'
import { Textarea } from '@/components/ui/input'
import { formatAgo, humanize, plural } from '@/lib/format'
import { channelName, providerName } from '@/lib/providers'
import { readStored, store } from '@/lib/storage'
import { toastProblem } from '@/lib/toast'

const STATES: Record<ApprovalStatus, { tone: Tone; label: string }> = {
  waiting: { tone: 'warning', label: 'Waits for you' },
  approved: { tone: 'success', label: 'Approved' },
  changed: { tone: 'success', label: 'Approved, changed' },
  rejected: { tone: 'danger', label: 'Rejected' },
  superseded: { tone: 'neutral', label: 'Replaced by a newer draft' },
}

/** One draft with what it stands on, and the decision about it. */
export function ApprovalCard({ approval }: { approval: Approval }) {
  const { plan } = approval
  const state = STATES[approval.status]
  return (
    <Card>
      <CardHeader
        title={
          <Link to="/leads/$leadId" params={{ leadId: approval.lead_id }} className="hover:underline">
            {approval.lead_name || `Lead ${approval.lead_id}`}
            {approval.lead_company && `, ${approval.lead_company}`}
          </Link>
        }
        description={`${channelName(approval.channel)} · drafted ${formatAgo(approval.created_at)}`}
        actions={<Status tone={state.tone}>{state.label}</Status>}
      />
      <CardBody className="grid gap-3">
        {(plan.summary ?? []).length > 0 && (
          <ul className="grid gap-1 text-[13px]">
            {(plan.summary ?? []).map((claim) => (
              <li key={claim.text}>
                {claim.text}{' '}
                <span className="text-muted-foreground text-xs">
                  {[...new Set(claim.sources.map((source) => providerName(source.source)))].join(', ')}
                </span>
              </li>
            ))}
          </ul>
        )}
        {plan.why && <p className="text-[13px] text-muted-foreground">{plan.why}</p>}
        {(plan.checks ?? []).length > 0 && (
          <ul className="list-disc pl-5 text-[13px]">
            {(plan.checks ?? []).map((check) => (
              <li key={check}>{check}</li>
            ))}
          </ul>
        )}
        {approval.status === 'waiting' ? <Decision approval={approval} /> : <Decided approval={approval} />}
      </CardBody>
    </Card>
  )
}

const keyOf = (id: number) => `approval.${id}`

function Decision({ approval }: { approval: Approval }) {
  const [text, setText] = useState(() => readStored(keyOf(approval.id), approval.drafted))
  const approve = useApprove(approval.id)
  const reject = useReject(approval.id)
  // What was typed survives a reload and a failed attempt.
  useEffect(() => store(keyOf(approval.id), text), [approval.id, text])
  const isText = approval.channel === 'sms'
  const isChanged = text.trim() !== approval.drafted
  const count = countSegments(text)
  const isBusy = approve.isPending || reject.isPending
  return (
    <>
      {approval.subject && <p className="font-medium text-[13px]">{approval.subject}</p>}
      <Field
        label={channelName(approval.channel)}
        hint={
          isText
            ? `${plural(count.segments, 'segment')}, ${plural(text.length, 'character')}${isChanged ? ', changed by you' : ''}`
            : 'Outrider sends no mails and makes no calls here: approve it, then do it yourself.'
        }
      >
        {(control) => (
          <Textarea
            {...control}
            rows={isText ? 4 : 8}
            maxLength={1600}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <div className="flex flex-wrap justify-end gap-2">
        {isChanged && (
          <Button variant="ghost" disabled={isBusy} onClick={() => setText(approval.drafted)}>
            Back to the draft
          </Button>
        )}
        <Button
          isBusy={reject.isPending}
          disabled={isBusy}
          onClick={() => reject.mutate('', { onError: toastProblem })}
        >
          <X /> Reject
        </Button>
        <Button
          variant="primary"
          isBusy={approve.isPending}
          disabled={isBusy || !text.trim()}
          onClick={() => approve.mutate(text.trim(), { onError: toastProblem })}
        >
          <Check /> {isText ? (isChanged ? 'Approve and send yours' : 'Approve and send') : 'Approve'}
        </Button>
      </div>
    </>
  )
}

function Decided({ approval }: { approval: Approval }) {
  const text = approval.final ?? approval.drafted
  const isByHand = approval.channel !== 'sms' && approval.final !== null
  return (
    <>
      {approval.subject && <p className="font-medium text-[13px]">{approval.subject}</p>}
      <p className="whitespace-pre-line break-words rounded-md bg-accent px-3 py-2 text-[13px]">{text}</p>
      <div className="flex flex-wrap items-center gap-2 text-muted-foreground text-xs">
        {approval.decided_by && (
          <span className="flex-1">
            {humanize(approval.decided_by)}, {formatAgo(approval.decided_at)}
            {approval.note && `: ${approval.note}`}
          </span>
        )}
        {isByHand && (
          <CopyButton size="sm" text={text}>
            Copy to send it yourself
          </CopyButton>
        )}
      </div>
    </>
  )
}
