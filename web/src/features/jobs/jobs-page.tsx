import { Page } from '@/components/layout/page'

export function JobsPage() {
  return <Page title="Jobs">{null}</Page>
}
