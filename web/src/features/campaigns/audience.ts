import type { Audience, LeadFilter } from '@/api/campaign-trials'

/** The filter without what says nothing; null if nothing is left, so that an empty filter never means everybody. */
export function trimFilter(filter: LeadFilter): LeadFilter | null {
  const entries = Object.entries(filter).filter(
    ([, value]) =>
      value !== null && value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0),
  )
  return entries.length ? (Object.fromEntries(entries) as LeadFilter) : null
}

export const isNobody = (audience: Audience): boolean =>
  !audience.list_ids?.length && !audience.lead_ids?.length && !(audience.filter && trimFilter(audience.filter))
