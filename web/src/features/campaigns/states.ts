/** What the states of a campaign mean to somebody who looks at it, and what may be done in each. */
import type { Campaign, CampaignLeadStatus, CampaignStats, CampaignStatus, SkipReason } from '@/api/campaigns'
import type { Tone } from '@/components/ui/badge'
import type { Part } from '@/components/ui/progress'
import { humanize } from '@/lib/format'

export const STATUSES: Record<CampaignStatus, { label: string; tone: Tone }> = {
  draft: { label: 'Draft', tone: 'neutral' },
  pending: { label: 'Starting', tone: 'info' },
  processing: { label: 'Running', tone: 'primary' },
  paused: { label: 'Paused', tone: 'warning' },
  completed: { label: 'Completed', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
}

export const isScheduled = (campaign: Pick<Campaign, 'status' | 'scheduled_at' | 'launched_at'>): boolean =>
  campaign.status === 'pending' && campaign.scheduled_at !== null && campaign.launched_at === null

export const statusLabel = (campaign: Pick<Campaign, 'status' | 'scheduled_at' | 'launched_at'>): string =>
  isScheduled(campaign) ? 'Scheduled' : STATUSES[campaign.status].label

export const isRunning = (status: CampaignStatus): boolean => status === 'pending' || status === 'processing'
export const hasEnded = (status: CampaignStatus): boolean => ['completed', 'failed', 'cancelled'].includes(status)

export type Verb = 'edit' | 'start' | 'pause' | 'resume' | 'cancel' | 'retry' | 'duplicate' | 'export' | 'delete'

const VERBS: Record<CampaignStatus, Verb[]> = {
  draft: ['start', 'edit', 'duplicate', 'delete'],
  pending: ['pause', 'cancel', 'edit', 'duplicate', 'export'],
  processing: ['pause', 'cancel', 'retry', 'edit', 'duplicate', 'export'],
  paused: ['resume', 'cancel', 'retry', 'edit', 'duplicate', 'export'],
  completed: ['retry', 'duplicate', 'export', 'delete'],
  failed: ['retry', 'duplicate', 'export', 'delete'],
  cancelled: ['duplicate', 'export', 'delete'],
}

/** What the server would do now; retrying only where something has failed. */
export function verbsOf(campaign: { status: CampaignStatus; stats: Pick<CampaignStats, 'failed'> }): Verb[] {
  return VERBS[campaign.status].filter((verb) => verb !== 'retry' || campaign.stats.failed > 0)
}

export const LEAD_STATUSES: Record<CampaignLeadStatus, { label: string; tone: Tone }> = {
  pending: { label: 'Pending', tone: 'neutral' },
  processing: { label: 'Writing', tone: 'info' },
  waiting: { label: 'On its way', tone: 'primary' },
  completed: { label: 'Completed', tone: 'success' },
  failed: { label: 'Failed', tone: 'danger' },
  skipped: { label: 'Skipped', tone: 'warning' },
}

const SKIPS: Record<SkipReason, string> = {
  suppressed: 'Asked us to stop, or can not receive texts',
  invalid_number: 'No usable phone number',
  outside_consent: 'No consent to texts on record',
  replied_elsewhere: 'Answered before its text left',
  budget: "The campaign's budget was used up",
  cancelled: 'The campaign was cancelled',
}

export const skipWords = (reason: string): string => SKIPS[reason as SkipReason] ?? humanize(reason)

/** The parts of the progress bar; what is missing to the total is still pending. */
export function progressParts(stats: CampaignStats): Part[] {
  return [
    { label: 'Completed', value: stats.completed, tone: 'success' },
    { label: 'On its way', value: stats.waiting + stats.processing, tone: 'primary' },
    { label: 'Skipped', value: stats.skipped, tone: 'warning' },
    { label: 'Failed', value: stats.failed, tone: 'danger' },
  ]
}

/** Percent of the leads that are done with, whatever the outcome; whole, and 100 only when nothing is left. */
export function progressPercent(stats: CampaignStats): number {
  if (stats.total_leads === 0) return 0
  const done = stats.completed + stats.failed + stats.skipped
  return Math.floor((done / stats.total_leads) * 100)
}

export interface FunnelStage {
  label: string
  value: number
  /** Percent of the first stage. */
  share: number
  /** Where the leads of this stage are shown. */
  search?: { tab: 'leads'; status?: string; replied?: boolean }
}

/** From everybody in the campaign to those who answered. */
export function funnelOf(stats: CampaignStats): FunnelStage[] {
  const written = stats.completed + stats.waiting
  const stages: Omit<FunnelStage, 'share'>[] = [
    { label: 'In the campaign', value: stats.total_leads, search: { tab: 'leads' } },
    { label: 'Written to', value: Math.max(written, stats.sms_sent) },
    { label: 'Sent', value: stats.sms_sent, search: { tab: 'leads', status: 'completed' } },
    { label: 'Delivered', value: stats.delivered },
    { label: 'Replied', value: stats.replied, search: { tab: 'leads', replied: true } },
  ]
  return stages.map((stage) => ({
    ...stage,
    share: stats.total_leads ? Math.min(100, (stage.value * 100) / stats.total_leads) : 0,
  }))
}

/** Percent of `part` in `whole`; null where there is nothing to compare. */
export const shareOf = (part: number, whole: number): number | null => (whole ? (part / whole) * 100 : null)

/** Above this percentage of texts that did not arrive, something is wrong with the list or the sender. */
const ALARMING_PERCENT = 25

export const isDeliveryAlarming = (stats: Pick<CampaignStats, 'undelivered' | 'sms_sent'>): boolean =>
  (shareOf(stats.undelivered, stats.sms_sent) ?? 0) > ALARMING_PERCENT

/** `3.2 leads/s`, `12 leads/min`: in the unit in which it is a number one can picture. */
export function rateWords(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond >= 10 ? Math.round(perSecond) : perSecond.toFixed(1)} leads/s`
  const perMinute = Math.max(1, Math.round(perSecond * 60))
  return perMinute === 1 ? '1 lead/min' : `${perMinute} leads/min`
}
