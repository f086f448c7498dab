import type { CampaignLeadFilter, CampaignLeadStatus, Delivery, SkipReason } from '@/api/campaigns'
import { LEAD_STATUSES } from './states'

export const SKIP_REASONS: SkipReason[] = [
  'suppressed',
  'invalid_number',
  'outside_consent',
  'replied_elsewhere',
  'budget',
  'cancelled',
]

export const DELIVERIES: Delivery[] = [
  'queued',
  'held',
  'sending',
  'unknown',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'cancelled',
]

const SORTS = ['id', 'name', 'processed_at']

/** What the address says about the leads that are shown. */
export interface LeadsTabSearch {
  search?: string | undefined
  status?: string | undefined
  reason?: string | undefined
  delivery?: string | undefined
  replied?: boolean | undefined
  error?: string | undefined
  sort?: string | undefined
}

/** The address without any filter. */
export const NO_FILTER = {
  search: undefined,
  status: undefined,
  reason: undefined,
  delivery: undefined,
  replied: undefined,
  error: undefined,
} satisfies LeadsTabSearch

/** The API's filter; what makes no sense in the address is left out. */
export function leadFilterOf(search: LeadsTabSearch): CampaignLeadFilter {
  const words = search.search?.trim()
  return {
    ...(words && { search: words }),
    ...(search.status && search.status in LEAD_STATUSES && { status: [search.status as CampaignLeadStatus] }),
    ...(SKIP_REASONS.includes(search.reason as SkipReason) && { skip_reason: [search.reason as SkipReason] }),
    ...(DELIVERIES.includes(search.delivery as Delivery) && { delivery: [search.delivery as Delivery] }),
    ...(search.replied !== undefined && { replied: search.replied }),
    ...(search.error && { error: search.error }),
  }
}

export const leadSortOf = (search: LeadsTabSearch): string =>
  SORTS.includes(search.sort?.replace(/^-/, '') ?? '') ? (search.sort as string) : 'id'
