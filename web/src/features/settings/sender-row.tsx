import { useState } from 'react'
import { type Sender, useChangeSender, useDeleteSender } from '@/api/senders'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { EditMenu } from '@/components/ui/edit-menu'
import { Notice } from '@/components/ui/states'
import { Switch } from '@/components/ui/toggles'
import { formatAgo, formatNumber, formatPhone, plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'

export const senderName = (sender: Sender): string => sender.label || formatPhone(sender.address)

export function SenderRow({ sender, onEdit }: { sender: Sender; onEdit: () => void }) {
  const [isDeleting, setDeleting] = useState(false)
  const change = useChangeSender()
  const deletion = useDeleteSender()
  const enabled = change.isPending ? (change.variables.enabled ?? sender.enabled) : sender.enabled
  const setEnabled = (next: boolean) => change.mutate({ id: sender.id, enabled: next }, { onError: toastProblem })
  return (
    <div className="px-4 py-3">
      <div className="flex items-center gap-3">
        <Switch aria-label={`${senderName(sender)} in use`} checked={enabled} onCheckedChange={setEnabled} />
        <div className="min-w-0 flex-1">
          <h3 className="flex flex-wrap items-center gap-x-2 font-medium text-sm">
            {senderName(sender)}
            {sender.kind === 'messaging_service' && <Badge>Messaging service</Badge>}
            {!enabled && <Badge tone={sender.disabled_reason ? 'danger' : 'neutral'}>Out of use</Badge>}
          </h3>
          <p className="tabular flex flex-wrap gap-x-3 text-[13px] text-muted-foreground">
            {sender.label && <span className="break-all">{formatPhone(sender.address)}</span>}
            <span>{formatNumber(sender.segments_per_second)} segments a second</span>
            <span>{sender.waiting_texts ? `${plural(sender.waiting_texts, 'text')} waiting` : 'nothing waits'}</span>
            <span>changed {formatAgo(sender.updated_at)}</span>
          </p>
        </div>
        <EditMenu name={senderName(sender)} onEdit={onEdit} onDelete={() => setDeleting(true)} />
      </div>
      {!enabled && sender.disabled_reason && (
        <Notice
          tone="danger"
          className="mt-2.5"
          actions={
            <Button size="sm" isBusy={change.isPending} onClick={() => setEnabled(true)}>
              Use again
            </Button>
          }
        >
          <p className="font-medium">{sender.disabled_reason}</p>
          <p>
            {sender.waiting_texts
              ? 'Texts that wait for it leave from another sender of their campaign, if there is one. '
              : ''}
            Mend the cause at the carrier, then use it again.
          </p>
        </Notice>
      )}
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete ${senderName(sender)}?`}
        description="A sender that ever sent or received a text can’t be deleted; take it out of use instead."
        action="Delete sender"
        isDangerous
        isBusy={deletion.isPending}
        onConfirm={() => deletion.mutate(sender.id, { onError: toastProblem, onSettled: () => setDeleting(false) })}
      />
    </div>
  )
}
