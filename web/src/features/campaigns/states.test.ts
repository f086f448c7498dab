import { describe, expect, it } from 'vitest'
import type { CampaignStats, CampaignStatus } from '@/api/campaigns'
import {
  funnelOf,
  isDeliveryAlarming,
  progressParts,
  progressPercent,
  rateWords,
  skipWords,
  statusLabel,
  verbsOf,
} from './states'

const STATS = {
  total_leads: 200,
  pending: 60,
  processing: 5,
  waiting: 15,
  completed: 100,
  failed: 8,
  skipped: 12,
  sms_sent: 100,
  delivered: 90,
  undelivered: 10,
  replied: 30,
} as CampaignStats

const verbs = (status: CampaignStatus, failed = 0) => verbsOf({ status, stats: { failed } })

describe('verbs by state', () => {
  it('are those that the server accepts', () => {
    expect(verbs('draft')).toEqual(['start', 'edit', 'duplicate', 'delete'])
    expect(verbs('processing')).toContain('pause')
    expect(verbs('processing')).not.toContain('start')
    expect(verbs('paused')).toEqual(expect.arrayContaining(['resume', 'cancel']))
    expect(verbs('completed')).not.toContain('cancel')
    for (const status of ['pending', 'processing', 'paused'] as const) expect(verbs(status)).not.toContain('delete')
  })
  it('offer to retry only where something failed, and never after a cancellation', () => {
    expect(verbs('completed')).not.toContain('retry')
    expect(verbs('completed', 3)).toContain('retry')
    expect(verbs('cancelled', 3)).not.toContain('retry')
    expect(verbs('draft', 3)).not.toContain('retry')
  })
})

describe('figures', () => {
  it('fill the bar with what is done with', () => {
    expect(progressParts(STATS).reduce((sum, part) => sum + part.value, 0)).toBe(STATS.total_leads - STATS.pending)
    expect(progressPercent(STATS)).toBe(60)
    expect(progressPercent({ ...STATS, total_leads: 0 })).toBe(0)
    expect(progressPercent({ ...STATS, total_leads: 1000, completed: 979 })).toBe(99)
  })
  it('narrow down in the funnel', () => {
    const stages = funnelOf(STATS)
    expect(stages.map((stage) => stage.value)).toEqual([200, 115, 100, 90, 30])
    expect(stages.map((stage) => stage.share)).toEqual([100, 57.5, 50, 45, 15])
    expect(funnelOf({ ...STATS, total_leads: 0 })[0]?.share).toBe(0)
  })
  it('raise an alarm when a quarter does not arrive', () => {
    expect(isDeliveryAlarming({ undelivered: 25, sms_sent: 100 })).toBe(false)
    expect(isDeliveryAlarming({ undelivered: 26, sms_sent: 100 })).toBe(true)
    expect(isDeliveryAlarming({ undelivered: 0, sms_sent: 0 })).toBe(false)
  })
  it('are written so that one can picture them', () => {
    expect([0.005, 0.2, 3.21, 120.4].map(rateWords)).toEqual([
      '1 lead/min',
      '12 leads/min',
      '3.2 leads/s',
      '120 leads/s',
    ])
    expect(skipWords('invalid_number')).toBe('No usable phone number')
    expect(skipWords('some_new_one')).toBe('Some new one')
    const soon = { status: 'pending' as const, scheduled_at: '2027-01-01T00:00:00Z', launched_at: null }
    expect(statusLabel(soon)).toBe('Scheduled')
    expect(statusLabel({ ...soon, scheduled_at: null })).toBe('Starting')
  })
})
