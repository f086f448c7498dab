import type { Campaign } from '@/api/campaigns'
import type { DraftField } from './draft'
import type { DraftForm } from './use-draft'

export interface SectionProps {
  campaign: Campaign
  form: DraftForm
  /** The field can't be changed any more in the campaign's present state. */
  isLocked: (field: DraftField) => boolean
}
