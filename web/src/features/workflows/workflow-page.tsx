import { Page } from '@/components/layout/page'

export function WorkflowPage() {
  return <Page title="Workflow">{null}</Page>
}
