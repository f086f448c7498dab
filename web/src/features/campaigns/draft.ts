/** What is being written about a campaign, and which part of it is not stored yet. */
import type { Campaign, CampaignPatch, CampaignStatus } from '@/api/campaigns'

const FIELDS = [
  'name',
  'description',
  'agent_type',
  'sms_system_prompt',
  'sms_temperature',
  'sms_template',
  'sender_name',
  'model',
  'workflow_id',
  'agent_id',
  'audience',
  'sender_ids',
  'auto_reply',
  'require_consent',
  'quiet_hours',
  'budget',
  'scheduled_at',
] as const

export type DraftField = (typeof FIELDS)[number]
export type Draft = Pick<Campaign, DraftField>

export const draftOf = (campaign: Campaign): Draft =>
  Object.fromEntries(FIELDS.map((field) => [field, campaign[field]])) as Draft

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)

/** Names of the fields in which two differ. */
export const differences = (draft: Draft, stored: Draft): DraftField[] =>
  FIELDS.filter((field) => !isSame(draft[field], stored[field]))

/** Why a field can't be stored as it is, in words; the server would say the same. */
export function problemsOf(draft: Draft): Partial<Record<DraftField, string>> {
  const problems: Partial<Record<DraftField, string>> = {}
  if (!draft.name.trim()) problems.name = 'The campaign needs a name.'
  if (draft.budget !== null && !(Number(draft.budget) > 0)) {
    problems.budget = 'Enter an amount above zero, or leave it empty for no limit.'
  }
  const hours = draft.quiet_hours
  if (hours && !(hours.start && hours.end && hours.start < hours.end)) {
    problems.quiet_hours = 'The texting hours must end after they begin.'
  }
  if ((draft.sms_template ?? '').length > 1600) problems.sms_template = 'A text can have 1,600 characters at most.'
  return problems
}

/** The changes that can be stored now: what is wrong waits until it is put right, the rest does not wait for it. */
export function patchOf(draft: Draft, stored: Draft): Partial<CampaignPatch> | null {
  const problems = problemsOf(draft)
  const fields = differences(draft, stored).filter((field) => !(field in problems))
  if (fields.length === 0) return null
  return Object.fromEntries(fields.map((field) => [field, draft[field]])) as Partial<CampaignPatch>
}

/**
 * Stored values come in; what was typed meanwhile stays.
 *
 * @param base what was stored when the typing began
 */
export function mergeStored(draft: Draft, base: Draft, stored: Draft): Draft {
  const typed = new Set(differences(draft, base))
  return Object.fromEntries(FIELDS.map((field) => [field, typed.has(field) ? draft[field] : stored[field]])) as Draft
}

const FRAME: readonly DraftField[] = ['name', 'description', 'budget']
const TEXTS: readonly DraftField[] = [
  'sms_system_prompt',
  'sms_temperature',
  'sms_template',
  'sender_name',
  'model',
  'sender_ids',
  'quiet_hours',
  'agent_id',
  'auto_reply',
]

/** Whether the server lets a field be changed in this state. */
export function isEditable(field: DraftField, status: CampaignStatus): boolean {
  if (status === 'draft') return true
  if (status === 'paused') return FRAME.includes(field) || TEXTS.includes(field)
  return (status === 'pending' || status === 'processing') && FRAME.includes(field)
}
