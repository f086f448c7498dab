import { Page } from '@/components/layout/page'

export function CampaignEditPage() {
  return <Page title="New campaign">{null}</Page>
}

export function NewCampaignPage() {
  return <CampaignEditPage />
}
