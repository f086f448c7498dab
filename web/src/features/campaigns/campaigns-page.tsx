import { Page } from '@/components/layout/page'

export function CampaignsPage() {
  return <Page title="Campaigns">{null}</Page>
}
