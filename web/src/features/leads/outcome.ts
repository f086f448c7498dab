import type { Schemas } from '@/api/client'
import { fateOfDelivery } from '@/components/conversation/delivery'
import type { Tone } from '@/components/ui/badge'
import { humanize } from '@/lib/format'

/** What came of a campaign for a lead, in one word; as long as nothing came of it, how far it is. */
export function outcomeOf({ outcome, status }: Pick<Schemas['LeadCampaignOut'], 'outcome' | 'status'>): {
  label: string
  tone: Tone
} {
  if (outcome === null) return { label: humanize(status), tone: 'neutral' }
  if (outcome === 'replied') return { label: 'Answered', tone: 'success' }
  if (outcome === 'skipped') return { label: 'Left out', tone: 'warning' }
  const { label, tone } = fateOfDelivery(outcome)
  return { label, tone }
}
