import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, Workflow as WorkflowIcon } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { campaignUsesQuery } from '@/api/campaign-uses'
import { nodeSpecificationsQuery, type Workflow, workflowsQuery } from '@/api/workflows'
import { Page } from '@/components/layout/page'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatAgo, plural } from '@/lib/format'
import { ImportButton } from './import-button'

const NewWorkflowDialog = lazy(async () => ({
  default: (await import('./new-workflow-dialog')).NewWorkflowDialog,
}))

/** The workflows that campaigns can follow. */
export function WorkflowsPage() {
  const query = useQuery(workflowsQuery())
  const campaigns = useQuery(campaignUsesQuery()).data
  const uses = (workflow: Workflow) => campaigns?.filter((campaign) => campaign.workflow_id === workflow.id).length
  const [isMaking, setMaking] = useState(false)
  const specifications = useQuery({ ...nodeSpecificationsQuery(), enabled: isMaking }).data
  return (
    <Page
      title="Workflows"
      description="What happens to a lead, step by step. A campaign follows one of these."
      actions={
        <>
          <ImportButton />
          <Button variant="primary" onClick={() => setMaking(true)}>
            <Plus /> New workflow
          </Button>
        </>
      }
    >
      <Card>
        {query.isPending && <SkeletonLines className="p-4" count={4} />}
        {query.isError && !query.data && <ErrorState error={query.error} onRetry={query.refetch} />}
        {query.data?.length === 0 && (
          <EmptyState icon={WorkflowIcon} title="No workflows">
            The shipped workflows are stored when the server starts; restart it, and look at its log if they stay away.
          </EmptyState>
        )}
        {query.data && query.data.length > 0 && (
          <ul className="divide-y">
            {query.data.map((workflow) => (
              <li key={workflow.id}>
                <WorkflowRow workflow={workflow} uses={uses(workflow)} />
              </li>
            ))}
          </ul>
        )}
      </Card>
      {isMaking && query.data && specifications && (
        <Suspense>
          <NewWorkflowDialog
            shipped={query.data.filter((workflow) => workflow.is_shipped)}
            specifications={specifications}
            onClose={() => setMaking(false)}
          />
        </Suspense>
      )}
    </Page>
  )
}

function WorkflowRow({ workflow, uses }: { workflow: Workflow; uses: number | undefined }) {
  return (
    <Link
      to="/workflows/$workflowId"
      params={{ workflowId: workflow.id }}
      className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-accent"
    >
      <span className="min-w-0 flex-1 basis-64">
        <span className="flex items-center gap-2 font-medium text-sm">
          {workflow.name} {workflow.is_shipped && <Badge tone="info">Shipped</Badge>}
        </span>
        <span className="block text-[13px] text-muted-foreground">{workflow.description}</span>
      </span>
      <span className="tabular w-24 text-[13px] text-muted-foreground">Version {workflow.version}</span>
      <span className="tabular w-32 text-[13px] text-muted-foreground">
        {uses === undefined ? '' : uses === 0 ? 'Not used' : plural(uses, 'campaign')}
      </span>
      <span className="w-28 text-[13px] text-muted-foreground">{formatAgo(workflow.updated_at)}</span>
    </Link>
  )
}
