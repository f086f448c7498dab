import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { workflowStatisticsQuery } from '@/api/runs'
import { FlowView } from '@/components/runs/flow-view'
import { NativeSelect } from '@/components/ui/input'

/** How one version of the workflow does, over all campaigns or one. */
export function FlowTab({ workflowId, version }: { workflowId: number; version: number }) {
  const search = useSearch({ from: '/workflows/$workflowId' })
  const navigate = useNavigate({ from: '/workflows/$workflowId' })
  const { campaign, measure } = search
  const statistics = useQuery(workflowStatisticsQuery(workflowId, { version, campaign_id: campaign, measure }))
  const campaigns = (useQuery(campaignUsesQuery()).data ?? []).filter((one) => one.workflow_id === workflowId)
  return (
    <>
      {(campaigns.length > 1 || search.campaign) && (
        <div className="py-3">
          <NativeSelect
            aria-label="Campaign"
            className="w-auto max-w-full"
            value={search.campaign ?? ''}
            onChange={(event) =>
              void navigate({
                search: (before) => ({
                  ...before,
                  campaign: event.target.value ? Number(event.target.value) : undefined,
                }),
                replace: true,
              })
            }
          >
            <option value="">All campaigns</option>
            {campaigns.map((campaign) => (
              <option key={campaign.id} value={campaign.id}>
                {campaign.name}
              </option>
            ))}
          </NativeSelect>
        </div>
      )}
      <FlowView
        statistics={statistics}
        of={{ workflow: workflowId, campaign: search.campaign }}
        selected={search.node}
        onSelect={(node) => void navigate({ search: (before) => ({ ...before, node }), replace: true })}
        measure={measure}
        onMeasure={(next) => void navigate({ search: (before) => ({ ...before, measure: next }), replace: true })}
      />
    </>
  )
}
