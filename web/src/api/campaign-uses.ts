import { queryOptions } from '@tanstack/react-query'
import { type Campaign, campaignKeys } from './campaigns'
import { api, data } from './client'

const PAGE = 200
/** The latest thousand campaigns tell what is in use; older ones hardly matter to whoever changes an agent. */
const MOST_PAGES = 5

/** Campaigns, latest first, for pages that say which of them use something. */
export const campaignUsesQuery = () =>
  queryOptions({
    queryKey: [...campaignKeys.all, 'uses'] as const,
    staleTime: 60_000,
    queryFn: async () => {
      const campaigns: Campaign[] = []
      let cursor: string | null | undefined
      for (let page = 0; page < MOST_PAGES && cursor !== null; page++) {
        const answer = await data(
          api.GET('/api/campaigns', { params: { query: { limit: PAGE, ...(cursor && { cursor }) } } }),
        )
        campaigns.push(...answer.items)
        cursor = answer.next_cursor ?? null
      }
      return campaigns
    },
  })
