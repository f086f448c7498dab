import { Page } from '@/components/layout/page'

export function CampaignDetailPage() {
  return <Page title="Campaign">{null}</Page>
}
