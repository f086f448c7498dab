import { Page } from '@/components/layout/page'

export function DashboardPage() {
  return <Page title="Dashboard">{null}</Page>
}
