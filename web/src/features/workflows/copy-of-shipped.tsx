import { useNavigate } from '@tanstack/react-router'
import { Copy, Workflow as WorkflowIcon } from 'lucide-react'
import { useCopyWorkflow } from '@/api/workflow-drafts'
import type { Workflow } from '@/api/workflows'
import { Page } from '@/components/layout/page'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import { toastProblem } from '@/lib/toast'
import { WorkflowsLink } from './workflows-link'

/** Makes a workflow of one's own out of a shipped one, and opens it. */
export function CopyButton({ workflow }: { workflow: Workflow }) {
  const navigate = useNavigate()
  const copy = useCopyWorkflow()
  return (
    <Button
      variant="primary"
      isBusy={copy.isPending}
      onClick={() =>
        copy.mutate(workflow.id, {
          onSuccess: (made) => navigate({ to: '/workflows/$workflowId/edit', params: { workflowId: made.id } }),
          onError: toastProblem,
        })
      }
    >
      <Copy /> Editable copy
    </Button>
  )
}

/** Shipped workflows are renewed with the product, so they are not edited. */
export function CopyOfShipped({ workflow }: { workflow: Workflow }) {
  return (
    <Page title={workflow.name} parent={<WorkflowsLink />}>
      <EmptyState
        icon={WorkflowIcon}
        title="This workflow is part of Outrider"
        actions={<CopyButton workflow={workflow} />}
      >
        It is renewed with each version of the product. Make a copy, which is yours to change.
      </EmptyState>
    </Page>
  )
}
