import { Page } from '@/components/layout/page'

export function ImportPage() {
  return <Page title="Import leads">{null}</Page>
}
