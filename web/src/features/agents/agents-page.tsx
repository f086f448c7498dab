import { Page } from '@/components/layout/page'

export function AgentsPage() {
  return <Page title="Agents">{null}</Page>
}
