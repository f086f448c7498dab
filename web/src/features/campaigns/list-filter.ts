import type { CampaignStatus } from '@/api/campaigns'
import { STATUSES } from './states'

const GROUPS: Record<string, CampaignStatus[]> = {
  under_way: ['pending', 'processing', 'paused'],
  ended: ['completed', 'failed', 'cancelled'],
}

export const STATUS_CHOICES: { value: string; label: string }[] = [
  { value: '', label: 'All states' },
  { value: 'under_way', label: 'Under way' },
  { value: 'ended', label: 'Ended' },
  ...Object.entries(STATUSES).map(([value, { label }]) => ({ value, label })),
]

/** The states that a word of the address means; none for a word that means nothing. */
export function statusesOf(word: string | undefined): CampaignStatus[] | undefined {
  if (!word) return undefined
  return GROUPS[word] ?? (word in STATUSES ? [word as CampaignStatus] : undefined)
}
