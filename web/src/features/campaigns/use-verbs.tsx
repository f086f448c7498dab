import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { type Campaign, exportAddress, useCampaignVerb, useDeleteCampaign, useRetryFailed } from '@/api/campaigns'
import { Confirm } from '@/components/ui/dialog'
import { plural } from '@/lib/format'
import { toast, toastProblem, withUndo } from '@/lib/toast'
import { hideCampaign, showCampaign } from './hidden'
import { StartDialog } from './start-dialog'
import type { Verb } from './states'

interface Verbs {
  run: (verb: Verb) => void
  /** The verb under way. */
  busy: Verb | null
  /** Questions that have to be answered first; to be rendered once. */
  dialogs: ReactNode
}

const openLeads = ({ stats }: Campaign): number => stats.pending + stats.processing + stats.waiting

/** Does what somebody wants with a campaign, asking first where it can't be undone. */
export function useVerbs(campaign: Campaign, onDeleted?: () => void): Verbs {
  const navigate = useNavigate()
  const change = useCampaignVerb()
  const retry = useRetryFailed()
  const remove = useDeleteCampaign()
  const [asked, setAsked] = useState<'start' | 'cancel' | 'delete' | null>(null)
  const close = () => setAsked(null)
  const { id } = campaign

  const perform = (verb: 'pause' | 'resume' | 'cancel' | 'duplicate') =>
    change.mutate(
      { id, verb },
      {
        onError: toastProblem,
        onSuccess: (changed) => {
          close()
          if (verb !== 'duplicate') return
          toast.success(`“${changed.name}” is ready as a draft`)
          void navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId: changed.id } })
        },
      },
    )
  const retryFailed = () =>
    retry.mutate(id, {
      onError: toastProblem,
      onSuccess: ({ retried }) => toast.success(`${plural(retried, 'failed lead')} worked again`),
    })
  const deleteWithUndo = () => {
    close()
    hideCampaign(id)
    onDeleted?.()
    withUndo(
      `“${campaign.name}” deleted`,
      () => remove.mutateAsync(id),
      () => showCampaign(id),
    )
  }

  const actions: Record<Verb, () => void> = {
    start: () => setAsked('start'),
    cancel: () => setAsked('cancel'),
    delete: () => (campaign.status === 'draft' ? deleteWithUndo() : setAsked('delete')),
    pause: () => perform('pause'),
    resume: () => perform('resume'),
    duplicate: () => perform('duplicate'),
    retry: retryFailed,
    edit: () => void navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId: id } }),
    export: () => location.assign(exportAddress(id)),
  }
  const busy = change.isPending ? change.variables.verb : retry.isPending ? 'retry' : null

  const dialogs = (
    <>
      <StartDialog campaign={campaign} open={asked === 'start'} onOpenChange={(open) => !open && close()} />
      <Confirm
        open={asked === 'cancel'}
        onOpenChange={(open) => !open && close()}
        title={`Cancel the campaign “${campaign.name}”?`}
        description={
          <p>
            {plural(openLeads(campaign), 'lead')} not reached yet will be skipped, and texts that are still waiting
            never leave. This can't be undone; answers that come in are handled as before.
          </p>
        }
        action="End the campaign"
        stay="Keep the campaign"
        isDangerous
        isBusy={busy === 'cancel'}
        onConfirm={() => perform('cancel')}
      />
      <Confirm
        open={asked === 'delete'}
        onOpenChange={(open) => !open && close()}
        title={`Delete “${campaign.name}”?`}
        description={
          <p>
            Its results and processing log go with it. The texts stay in the conversations of its{' '}
            {plural(campaign.stats.total_leads, 'lead')}.
          </p>
        }
        action="Delete the campaign"
        stay="Keep the campaign"
        isDangerous
        onConfirm={deleteWithUndo}
      />
    </>
  )
  return { run: (verb) => actions[verb](), busy, dialogs }
}
