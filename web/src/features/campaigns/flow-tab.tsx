import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { Campaign } from '@/api/campaigns'
import { campaignFlowQuery } from '@/api/runs'
import { FlowView } from '@/components/runs/flow-view'
import { RunsView } from '@/components/runs/runs-view'

const route = getRouteApi('/campaigns/$campaignId')

/** Where the campaign's leads are in its workflow: who came, waits, failed and left. */
export function FlowTab({ campaign }: { campaign: Campaign }) {
  const { node, measure } = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  return (
    <FlowView
      statistics={useQuery(campaignFlowQuery(campaign.id, measure))}
      of={{ campaign: campaign.id }}
      selected={node}
      onSelect={(next) => void navigate({ search: (before) => ({ ...before, node: next }), replace: true })}
      measure={measure}
      onMeasure={(next) => void navigate({ search: (before) => ({ ...before, measure: next }), replace: true })}
    />
  )
}

/** The campaign's runs, one for each of its leads and attempts. */
export function RunsTab({ campaign }: { campaign: Campaign }) {
  const { status, node, passed, error, search } = route.useSearch()
  const navigate = useNavigate({ from: '/campaigns/$campaignId' })
  return (
    <RunsView
      search={{ status, node, passed, error, search }}
      set={({ status, node, passed, error, search }) =>
        void navigate({
          search: (before) => ({ ...before, status, node, passed, error, search }),
          replace: true,
        })
      }
      fixed={{ campaign: campaign.id }}
      workflowId={campaign.workflow_id ?? undefined}
    />
  )
}
