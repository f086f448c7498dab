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
  'qualification_agent_id',
  'objection_handler_agent_id',
  'scheduler_agent_id',
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

/** A draft while it is written. */
export interface Editing {
  draft: Draft
  /** As it was last stored by us, in our spelling: the server may write `5` as `5.0000`. */
  saved: Draft
  /** As the server last told it. */
  seen: Draft
  /** Values that the server refused, with its words; they wait until they are changed. */
  refused: Partial<Record<DraftField, { value: unknown; problem: string }>>
}

export const editingOf = (campaign: Campaign): Editing => {
  const stored = draftOf(campaign)
  return { draft: stored, saved: stored, seen: stored, refused: {} }
}

/** What is wrong with each field: what the form sees, and what the server said about the value that is still there. */
export function problemsOfEditing({ draft, refused }: Editing): Partial<Record<DraftField, string>> {
  const problems = problemsOf(draft)
  for (const field of FIELDS) {
    const refusal = refused[field]
    if (refusal && isSame(refusal.value, draft[field])) problems[field] ??= refusal.problem
  }
  return problems
}

/** The changes that can be stored now: what is wrong waits until it is put right, the rest does not wait for it. */
export function patchOf(editing: Editing): Partial<CampaignPatch> | null {
  const problems = problemsOfEditing(editing)
  const fields = differences(editing.draft, editing.saved).filter((field) => !(field in problems))
  if (fields.length === 0) return null
  return Object.fromEntries(fields.map((field) => [field, editing.draft[field]])) as Partial<CampaignPatch>
}

/** The server tells what is stored now: what others changed comes in, unless something else was typed here. */
export function takeIn(editing: Editing, stored: Draft, own: readonly string[] = []): Editing {
  const draft: Record<string, unknown> = { ...editing.draft }
  const saved: Record<string, unknown> = { ...editing.saved }
  for (const field of differences(stored, editing.seen)) {
    if (own.includes(field)) continue
    if (isSame(editing.draft[field], editing.saved[field])) draft[field] = stored[field]
    saved[field] = stored[field]
  }
  return { ...editing, draft: draft as Draft, saved: saved as Draft, seen: stored }
}

/** Our changes were stored; what was typed meanwhile stays. */
export function afterSave(editing: Editing, patch: Partial<CampaignPatch>, stored: Draft): Editing {
  const after = takeIn(editing, stored, Object.keys(patch))
  return { ...after, saved: { ...after.saved, ...(patch as Partial<Draft>) } }
}

/** The server refused these fields of a patch. */
export function afterRefusal(
  editing: Editing,
  patch: Partial<CampaignPatch>,
  problems: { field: string; problem: string }[],
): Editing {
  const refused = { ...editing.refused }
  for (const { field: path, problem } of problems) {
    const field = FIELDS.find((name) => path.split('.').includes(name))
    if (field && field in patch) refused[field] = { value: patch[field], problem }
  }
  return { ...editing, refused }
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
  'qualification_agent_id',
  'objection_handler_agent_id',
  'scheduler_agent_id',
  'auto_reply',
]

/** Whether the server lets a field be changed in this state. */
export function isEditable(field: DraftField, status: CampaignStatus): boolean {
  if (status === 'draft') return true
  if (status === 'paused') return FRAME.includes(field) || TEXTS.includes(field)
  return (status === 'pending' || status === 'processing') && FRAME.includes(field)
}
