import { Link } from '@tanstack/react-router'
import { Phone } from 'lucide-react'
import type { ReactNode } from 'react'
import type { RunApproval, RunApprovalStatus } from '@/api/run-approvals'
import { Badge, Status, type Tone } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { CopyButton } from '@/components/ui/copy-button'
import { Facts } from '@/components/ui/misc'
import { formatAgo, formatDateTime, formatPhone } from '@/lib/format'
import { Decision } from './decision'

const STATES: Record<RunApprovalStatus, { tone: Tone; label: string }> = {
  waiting: { tone: 'warning', label: 'Waits for you' },
  decided: { tone: 'success', label: 'Decided' },
  timed_out: { tone: 'neutral', label: 'Time over' },
  cancelled: { tone: 'neutral', label: 'Not needed any more' },
}

interface RunApprovalCardProps {
  approval: RunApproval
  /** On the page of the run itself the link to it is left out. */
  isWithinRun?: boolean
  /** The box by which it is picked, in a list where many are decided at once. */
  picking?: ReactNode
}

/** What a run asks a person: a decision, or a call to make. */
export function RunApprovalCard({ approval, isWithinRun = false, picking }: RunApprovalCardProps) {
  const state = STATES[approval.status]
  const isCall = approval.is_call
  const about = [approval.lead_name || `Lead ${approval.lead_id}`, approval.lead_company].filter(Boolean).join(', ')
  return (
    <Card>
      <CardHeader
        leading={picking}
        title={approval.title}
        description={
          <>
            <Link to="/leads/$leadId" params={{ leadId: approval.lead_id }} className="hover:underline">
              {about}
            </Link>
            {approval.campaign_name && ` · ${approval.campaign_name}`} · {formatAgo(approval.created_at)}
          </>
        }
        actions={
          <>
            {isCall && <Badge tone="info">Call</Badge>}
            <Status tone={state.tone}>{state.label}</Status>
          </>
        }
      />
      <CardBody className="grid gap-3">
        {isCall && approval.lead_phone && <CallNumber phone={approval.lead_phone} />}
        {approval.body && (
          <p
            dir="auto"
            className={
              isCall
                ? 'whitespace-pre-line break-words rounded-md bg-accent px-3 py-2 text-sm'
                : 'whitespace-pre-line break-words text-[13px]'
            }
          >
            {approval.body}
          </p>
        )}
        {approval.status === 'waiting' ? <Decision approval={approval} /> : <Decided approval={approval} />}
        <p className="flex flex-wrap gap-x-3 gap-y-1 text-muted-foreground text-xs">
          {approval.assignee && <span>Asked: {approval.assignee}</span>}
          {approval.status === 'waiting' && approval.due_at && (
            <span>Nobody is asked any more after {formatDateTime(approval.due_at)}</span>
          )}
          {!isWithinRun && (
            <Link
              to="/runs/$runId"
              params={{ runId: approval.run_id }}
              search={{ step: approval.node_id }}
              className="text-primary-text underline underline-offset-4"
            >
              See the run
            </Link>
          )}
        </p>
      </CardBody>
    </Card>
  )
}

function CallNumber({ phone }: { phone: string }) {
  return (
    <p className="flex flex-wrap items-center gap-2">
      <Button asChild>
        <a href={`tel:${phone}`}>
          <Phone aria-hidden /> <span className="tabular">{formatPhone(phone)}</span>
        </a>
      </Button>
      <CopyButton variant="ghost" text={phone}>
        Copy the number
      </CopyButton>
    </p>
  )
}

const shown = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'Yes' : 'No') : String(value))

function Decided({ approval }: { approval: RunApproval }) {
  const { action, actions, answers, decided_by, decided_at, form } = approval
  if (approval.status !== 'decided')
    return (
      <p className="text-[13px] text-muted-foreground">
        {approval.status === 'timed_out'
          ? 'Nobody decided in time; the run went on without a decision.'
          : 'The run ended before anybody decided.'}
      </p>
    )
  const label = actions.find((one) => one.name === action)?.label ?? action
  const labelOf = (name: string) => form.find((field) => field.name === name)?.label || name
  return (
    <>
      <p className="text-[13px]">
        <strong className="font-medium">{decided_by ?? 'Somebody'}</strong> decided “{label}”, {formatAgo(decided_at)}.
      </p>
      {answers && Object.keys(answers).length > 0 && (
        <Facts items={Object.entries(answers).map(([name, value]) => [labelOf(name), shown(value)])} />
      )}
    </>
  )
}
