import { useNavigate } from '@tanstack/react-router'
import { EllipsisVertical, Package, Send, ShieldCheck, Trash2, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { type Agent, useDeleteAgent, usePublishAgent, useRestoreBuiltIn, useSetDefaultAgent } from '@/api/agents'
import { Button } from '@/components/ui/button'
import { Confirm, Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { Input } from '@/components/ui/input'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import { toast, toastProblem } from '@/lib/toast'
import { typeLabel } from './words'

/** Publish, and what is done seldom. */
export function AgentActions({ agent }: { agent: Agent }) {
  const [asking, setAsking] = useState<'publish' | 'restore' | 'delete' | null>(null)
  const navigate = useNavigate()
  const standing = useSetDefaultAgent(agent.id)
  const restoring = useRestoreBuiltIn(agent.id)
  const deletion = useDeleteAgent()
  const close = () => setAsking(null)
  const toggle = () =>
    standing.mutate(!agent.is_default, {
      onSuccess: (now) =>
        toast.success(
          now.is_default ? `${now.name} now works wherever a campaign names none` : 'The shipped agent is back at work',
        ),
      onError: toastProblem,
    })
  return (
    <>
      <Button variant="primary" disabled={!agent.has_changes} onClick={() => setAsking('publish')}>
        <Send /> Publish
      </Button>
      <Menu>
        <MenuTrigger asChild>
          <Button size="icon" aria-label={`More for ${agent.name}`}>
            <EllipsisVertical />
          </Button>
        </MenuTrigger>
        <MenuContent>
          <MenuItem disabled={agent.published === null} onSelect={toggle}>
            {agent.is_default ? <Package /> : <ShieldCheck />}
            {agent.is_default ? 'Give the work back to the shipped agent' : 'Use wherever a campaign names none'}
          </MenuItem>
          <MenuItem onSelect={() => setAsking('restore')}>
            <Undo2 /> Restore built-in …
          </MenuItem>
          <MenuSeparator />
          <MenuItem isDangerous onSelect={() => setAsking('delete')}>
            <Trash2 /> Delete …
          </MenuItem>
        </MenuContent>
      </Menu>
      {asking === 'publish' && <PublishDialog agent={agent} onClose={close} />}
      <Confirm
        open={asking === 'restore'}
        onOpenChange={close}
        title="Restore the built-in agent?"
        description={`The draft becomes what ships as “${typeLabel(agent.agent_type)}”; its name and model stay. Nothing speaks differently until you publish it, and published versions are kept.`}
        action="Restore"
        isBusy={restoring.isPending}
        onConfirm={() => restoring.mutate(undefined, { onError: toastProblem, onSettled: close })}
      />
      <Confirm
        open={asking === 'delete'}
        onOpenChange={close}
        title={`Delete “${agent.name}”?`}
        description="Its prompt and all its versions are lost. An agent that a campaign uses can’t be deleted."
        action="Delete agent"
        isDangerous
        isBusy={deletion.isPending}
        onConfirm={() =>
          deletion.mutate(agent.id, {
            onSuccess: () => navigate({ to: '/agents' }),
            onError: toastProblem,
            onSettled: close,
          })
        }
      />
    </>
  )
}

function PublishDialog({ agent, onClose }: { agent: Agent; onClose: () => void }) {
  const [note, setNote] = useState('')
  const publishing = usePublishAgent(agent.id)
  const publish = () =>
    publishing.mutate(
      { note, revision: agent.revision },
      {
        onSuccess: onClose,
        onError: toastProblem,
      },
    )
  return (
    <Dialog open onOpenChange={onClose}>
      <DialogContent
        title={`Publish “${agent.name}”`}
        description="Campaigns that use it speak this way from their next text on."
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" form="publish" variant="primary" isBusy={publishing.isPending}>
              Publish
            </Button>
          </>
        }
      >
        <form
          id="publish"
          onSubmit={(event) => {
            event.preventDefault()
            publish()
          }}
        >
          <Field label="What changed?" hint="For those who look through the versions; may stay empty.">
            {(control) => (
              <Input {...control} maxLength={300} value={note} onChange={(event) => setNote(event.target.value)} />
            )}
          </Field>
        </form>
      </DialogContent>
    </Dialog>
  )
}
