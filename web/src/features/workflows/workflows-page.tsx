import { Page } from '@/components/layout/page'

export function WorkflowsPage() {
  return <Page title="Workflows">{null}</Page>
}
