import { useQuery } from '@tanstack/react-query'
import { Clock } from 'lucide-react'
import { contactWindowQuery, type LeadDetail } from '@/api/leads'
import { localTimes, windowText } from './contact-window'

/** What time it is for the lead, and whether they may be texted now. */
export function ContactClock({ lead }: { lead: LeadDetail }) {
  const { data: contactWindow, dataUpdatedAt } = useQuery(contactWindowQuery(lead.id))
  const now = new Date(dataUpdatedAt || Date.now())
  const times = localTimes(lead.time_zones, now)
  const parts = [
    times && `${times} there`,
    contactWindow && lead.phone && windowText(contactWindow, lead.time_zones[0], now),
  ].filter(Boolean)
  if (parts.length === 0) return null
  return (
    <span className="tabular flex items-center gap-1.5">
      <Clock className="size-3.5 shrink-0" aria-hidden />
      {parts.join(' · ')}
    </span>
  )
}
