import { Page } from '@/components/layout/page'

export function LeadPage() {
  return <Page title="Lead">{null}</Page>
}
