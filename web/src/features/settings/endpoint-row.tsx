import { KeyRound, MoreHorizontal, Pencil, Send, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Fact } from '@/api/notifications'
import {
  type Endpoint,
  useChangeEndpoint,
  useDeleteEndpoint,
  useRotateSecret,
  useTestEndpoint,
} from '@/api/outgoing-webhooks'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu'
import { Switch } from '@/components/ui/toggles'
import { formatDateTime } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { figures, standing } from './endpoint-words'
import { labelOf } from './rule-words'

interface EndpointRowProps {
  endpoint: Endpoint
  facts: Fact[]
  onEdit: () => void
  /** Shows its messages. */
  onWatch: () => void
  onSecret: (secret: string) => void
}

export function EndpointRow({ endpoint, facts, onEdit, onWatch, onSecret }: EndpointRowProps) {
  const change = useChangeEndpoint()
  const test = useTestEndpoint()
  const { tone, label } = standing(endpoint)
  const isOn = change.isPending ? (change.variables.enabled ?? endpoint.enabled) : endpoint.enabled
  return (
    <div className="grid gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="min-w-0 break-all font-medium text-[13px]">{endpoint.description || endpoint.url}</span>
        <Status tone={tone}>{label}</Status>
        <span className="ml-auto flex items-center gap-2">
          <Switch
            aria-label={`Send to ${endpoint.url}`}
            checked={isOn}
            onCheckedChange={(enabled) => change.mutate({ id: endpoint.id, enabled }, { onError: toastProblem })}
          />
          <Verbs endpoint={endpoint} onEdit={onEdit} onSecret={onSecret} />
        </span>
      </div>
      {endpoint.description && <p className="break-all text-[13px] text-muted-foreground">{endpoint.url}</p>}
      <p className="text-[13px] text-muted-foreground">
        {endpoint.facts.length ? endpoint.facts.map((name) => labelOf(facts, name)).join(', ') : 'All messages'}
      </p>
      {endpoint.disabled_reason && <p className="text-[13px] text-danger-text">{endpoint.disabled_reason}</p>}
      {endpoint.enabled && endpoint.failing_since && (
        <p className="text-[13px] text-warning-text">
          Messages fail since {formatDateTime(endpoint.failing_since)}. They are tried again by themselves; after
          several failures one at a time, while the others wait.
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        <span className="text-muted-foreground text-xs">{figures(endpoint)}</span>
        <span className="ml-auto flex gap-2">
          <Button
            size="sm"
            isBusy={test.isPending}
            disabled={!endpoint.enabled}
            onClick={() => test.mutate(endpoint.id, { onSuccess: onWatch, onError: toastProblem })}
          >
            <Send /> Send a test
          </Button>
          <Button size="sm" onClick={onWatch}>
            Messages
          </Button>
        </span>
      </div>
    </div>
  )
}

type VerbsProps = Pick<EndpointRowProps, 'endpoint' | 'onEdit' | 'onSecret'>

function Verbs({ endpoint, onEdit, onSecret }: VerbsProps) {
  const rotate = useRotateSecret()
  const remove = useDeleteEndpoint()
  const [asked, setAsked] = useState<'rotate' | 'delete' | null>(null)
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label={`More for ${endpoint.url}`}>
            <MoreHorizontal />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem onSelect={onEdit}>
            <Pencil /> Edit
          </MenuItem>
          <MenuItem onSelect={() => setAsked('rotate')}>
            <KeyRound /> Replace the secret
          </MenuItem>
          <MenuItem isDangerous onSelect={() => setAsked('delete')}>
            <Trash2 /> Delete
          </MenuItem>
        </MenuContent>
      </Menu>
      <Confirm
        open={asked === 'rotate'}
        onOpenChange={(open) => !open && setAsked(null)}
        title="Replace the signing secret?"
        description="Messages are signed with both secrets for 24 hours, so that the receiver has time to change."
        action="Replace"
        onConfirm={() => {
          setAsked(null)
          rotate.mutate(endpoint.id, { onSuccess: ({ secret }) => onSecret(secret), onError: toastProblem })
        }}
      />
      <Confirm
        open={asked === 'delete'}
        onOpenChange={(open) => !open && setAsked(null)}
        title="Delete this endpoint?"
        description="Its messages are deleted with it, and what waits for it is not sent."
        action="Delete"
        isDangerous
        onConfirm={() => {
          setAsked(null)
          remove.mutate(endpoint.id, { onError: toastProblem })
        }}
      />
    </>
  )
}
