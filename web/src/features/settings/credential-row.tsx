import { Link } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { type Credential, useDeleteCredential } from '@/api/credentials'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Confirm, Dialog, DialogContent } from '@/components/ui/dialog'
import { EditMenu } from '@/components/ui/edit-menu'
import { Notice } from '@/components/ui/states'
import { formatAgo, formatDateTime, plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { formOf } from './credential-form'

type Use = Credential['used_by'][number]

export function CredentialRow({ credential, onEdit }: { credential: Credential; onEdit: () => void }) {
  const [isDeleting, setDeleting] = useState(false)
  const { name, last_used_at: used } = credential
  return (
    <div className="px-4 py-3">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h3 className="flex flex-wrap items-center gap-x-2 break-words font-medium text-sm">
            {name} <Badge>{formOf(credential)}</Badge>
          </h3>
          {credential.description && <p className="break-words text-[13px]">{credential.description}</p>}
          <p className="break-words text-[13px] text-muted-foreground">Goes to {credential.allowed_hosts.join(', ')}</p>
          <p className="text-[13px] text-muted-foreground">
            {credential.used_by.length ? (
              <>
                Used by <Uses uses={credential.used_by} />
              </>
            ) : (
              'Used by no workflow'
            )}
          </p>
          <p className="flex flex-wrap gap-x-3 text-muted-foreground text-xs">
            <span title={formatDateTime(used)}>{used ? `last sent ${formatAgo(used)}` : 'never sent'}</span>
            <span title={formatDateTime(credential.updated_at)}>
              changed {formatAgo(credential.updated_at)} by {credential.changed_by}
            </span>
          </p>
        </div>
        <EditMenu name={name} onEdit={onEdit} onDelete={() => setDeleting(true)} />
      </div>
      {!credential.is_readable && (
        <Notice
          tone="danger"
          className="mt-2.5"
          actions={
            <Button size="sm" onClick={onEdit}>
              Enter it again
            </Button>
          }
        >
          The key that encrypted this secret is missing: calls that carry it wait. Bring OUTRIDER_SECRET_KEY back, or
          enter the secret again.
        </Notice>
      )}
      {isDeleting && <Deletion credential={credential} onClose={() => setDeleting(false)} />}
    </div>
  )
}

function Uses({ uses }: { uses: Use[] }) {
  return uses.map((use, place) => (
    <Fragment key={`${use.kind}-${use.id}`}>
      {place > 0 && ', '}
      {use.kind === 'workflow' ? (
        <Link
          className="text-foreground underline underline-offset-2"
          to="/workflows/$workflowId"
          params={{ workflowId: use.id }}
        >
          {use.name}
        </Link>
      ) : (
        <Link
          className="text-foreground underline underline-offset-2"
          to="/campaigns/$campaignId"
          params={{ campaignId: use.id }}
        >
          the campaign {use.name}
        </Link>
      )}
    </Fragment>
  ))
}

/** Asks, or says why not. */
function Deletion({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const deletion = useDeleteCredential()
  const uses = credential.used_by
  if (uses.length > 0 && !deletion.isPending) {
    return (
      <Dialog open onOpenChange={onClose}>
        <DialogContent
          title={`“${credential.name}” is in use`}
          description={`Choose another credential in ${plural(uses.length, 'place')} first, or end the campaigns. Then it can be deleted.`}
          footer={
            <Button variant="primary" onClick={onClose}>
              Close
            </Button>
          }
        >
          <p className="break-words text-[13px]">
            <Uses uses={uses} />
          </p>
        </DialogContent>
      </Dialog>
    )
  }
  return (
    <Confirm
      open
      onOpenChange={onClose}
      title={`Delete “${credential.name}”?`}
      description="The secret can’t be brought back. Calls of runs under way that still name it fail."
      action="Delete credential"
      isDangerous
      isBusy={deletion.isPending}
      onConfirm={() => deletion.mutate(credential.id, { onError: toastProblem, onSettled: onClose })}
    />
  )
}
