import type { Delivery, Endpoint } from '@/api/outgoing-webhooks'
import type { Tone } from '@/components/ui/badge'
import { formatNumber } from '@/lib/format'

export const STATE_LABELS: Record<Delivery['state'], string> = {
  queued: 'Waiting',
  delivered: 'Delivered',
  failed: 'Failed',
}
export const STATE_TONES: Record<Delivery['state'], Tone> = { queued: 'info', delivered: 'success', failed: 'danger' }

/** How an endpoint is doing, in one word. */
export function standing(endpoint: Pick<Endpoint, 'enabled' | 'disabled_reason' | 'failing_since'>): {
  tone: Tone
  label: string
} {
  if (!endpoint.enabled) {
    return endpoint.disabled_reason ? { tone: 'danger', label: 'Disabled' } : { tone: 'neutral', label: 'Off' }
  }
  return endpoint.failing_since ? { tone: 'warning', label: 'Failing' } : { tone: 'success', label: 'On' }
}

/** What went to it within a day. */
export function figures(endpoint: Pick<Endpoint, 'waiting' | 'delivered_today' | 'failed_today'>): string {
  const parts = [`${formatNumber(endpoint.delivered_today)} delivered today`]
  if (endpoint.failed_today) parts.push(`${formatNumber(endpoint.failed_today)} failed`)
  if (endpoint.waiting) parts.push(`${formatNumber(endpoint.waiting)} waiting`)
  return parts.join(' · ')
}

/** The message as people read JSON. */
export function pretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
