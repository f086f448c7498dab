import { useQuery } from '@tanstack/react-query'
import { type Campaign, campaignQuery } from '@/api/campaigns'
import { useTopics } from '@/live/use-live'
import { hasEnded } from './states'

/** A campaign of a list, kept up to date by itself while it is under way: its news refresh it and not the whole list. */
export function useLiveCampaign(listed: Campaign): Campaign {
  const isMoving = listed.status !== 'draft' && !hasEnded(listed.status)
  useTopics(...(isMoving ? [`campaign:${listed.id}`] : []))
  const { data } = useQuery({ ...campaignQuery(listed.id), initialData: listed, enabled: isMoving })
  return isMoving ? data : listed
}
