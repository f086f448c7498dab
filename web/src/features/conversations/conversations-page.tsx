import { Page } from '@/components/layout/page'

export function ConversationsPage() {
  return <Page title="Conversations">{null}</Page>
}
