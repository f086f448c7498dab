import { Page } from '@/components/layout/page'

export function HandsetPage() {
  return <Page title="Handset">{null}</Page>
}
