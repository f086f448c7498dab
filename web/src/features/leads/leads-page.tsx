import { Page } from '@/components/layout/page'

export function LeadsPage() {
  return <Page title="Leads">{null}</Page>
}
