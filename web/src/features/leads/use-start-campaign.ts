import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type Campaign, type CampaignIn, campaignKeys } from '@/api/campaigns'
import { api, data } from '@/api/client'
import { formatDay, plural } from '@/lib/format'

interface NewCampaign {
  audience: Partial<CampaignIn['audience']>
  count: number
  /** Without it the draft is called by the number of leads and the day. */
  name?: string
}

/** Makes a draft of a campaign for these leads; its page asks for the rest. */
export function useStartCampaign() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ audience, count, name }: NewCampaign): Promise<Campaign> => {
      const body = {
        name: name ?? `${plural(count, 'lead')}, ${formatDay(new Date().toISOString())}`,
        audience: { list_ids: [], lead_ids: [], ...audience },
      }
      return data(api.POST('/api/campaigns', { body: body as unknown as CampaignIn }))
    },
    onSuccess: () => client.invalidateQueries({ queryKey: campaignKeys.all }),
  })
}
