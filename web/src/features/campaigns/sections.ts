/** The checklist of a campaign: its sections, what each finding of the pre-flight belongs to, and what stands in the way. */
import type { Preflight, PreflightFinding } from '@/api/campaigns'
import { saysHowToOptOut } from '@/components/conversation/segments'
import { type Draft, type DraftField, problemsOf } from './draft'
import { invalidPlaceholders } from './placeholders'

export const SECTIONS = [
  { id: 'basics', title: 'Basics', about: 'What the campaign is called and who it speaks for.' },
  { id: 'audience', title: 'Audience', about: 'Who is reached.' },
  { id: 'message', title: 'Message', about: 'What the leads read.' },
  { id: 'workflow', title: 'Workflow and agent', about: 'How each lead is worked, and who answers.' },
  { id: 'schedule', title: 'Schedule and hours', about: 'When texts leave.' },
  { id: 'budget', title: 'Budget and pace', about: 'What it may cost, and which senders carry it.' },
  { id: 'review', title: 'Review and start', about: 'What would happen now.' },
] as const

export type SectionId = (typeof SECTIONS)[number]['id']
export type SectionState = 'done' | 'blocking' | 'attention' | 'open'

const OF_FIELD: Partial<Record<string, SectionId>> = {
  name: 'basics',
  description: 'basics',
  sender_name: 'basics',
  audience: 'audience',
  lead_ids: 'audience',
  require_consent: 'audience',
  sms_template: 'message',
  sms_system_prompt: 'message',
  sms_temperature: 'message',
  model: 'message',
  agent_type: 'workflow',
  workflow_id: 'workflow',
  workflow_config: 'workflow',
  agent_id: 'workflow',
  qualification_agent_id: 'workflow',
  objection_handler_agent_id: 'workflow',
  scheduler_agent_id: 'workflow',
  auto_reply: 'workflow',
  quiet_hours: 'schedule',
  scheduled_at: 'schedule',
  budget: 'budget',
  sender_ids: 'budget',
}

/** Findings that name no field. */
const OF_CODE: Partial<Record<string, SectionId>> = {
  every_run_fails: 'workflow',
  some_runs_fail: 'workflow',
  outside_hours: 'schedule',
  very_long: 'budget',
  long_sending: 'budget',
}

export function sectionOf(finding: Pick<PreflightFinding, 'code' | 'field'>): SectionId {
  return OF_FIELD[finding.field ?? ''] ?? OF_CODE[finding.code] ?? 'review'
}

/** Something to put right or to know, with where that is done. */
export interface Issue {
  section: SectionId
  isBlocking: boolean
  message: string
  remedy: string
}

/** Warnings that say how things are rather than what to do. */
const MERELY_TOLD = new Set(['offline_model', 'outside_hours'])

export const needsAction = (finding: Pick<PreflightFinding, 'code'>): boolean => !MERELY_TOLD.has(finding.code)

/** Everything known about a draft: what the form sees at once, and what the pre-flight of the stored one found. */
export function issuesOf(draft: Draft, attributes: readonly string[], preflight: Preflight | undefined): Issue[] {
  return [...formIssues(draft, attributes), ...preflightIssues(preflight)]
}

function formIssues(draft: Draft, attributes: readonly string[]): Issue[] {
  const issues: Issue[] = Object.entries(problemsOf(draft)).map(([field, message]) => ({
    section: OF_FIELD[field as DraftField] ?? 'review',
    isBlocking: true,
    message,
    remedy: 'It is not saved until then.',
  }))
  const slips = invalidPlaceholders(draft.sms_template ?? '', attributes)
  if (slips.length) {
    issues.push({
      section: 'message',
      isBlocking: false,
      message: `Nobody fills in ${slips.join(', ')}.`,
      remedy: 'Correct the name, or choose one from the menu.',
    })
  }
  return issues
}

function preflightIssues(preflight: Preflight | undefined): Issue[] {
  if (!preflight) return []
  const issue = (finding: PreflightFinding, isBlocking: boolean): Issue => ({
    section: sectionOf(finding),
    isBlocking,
    message: finding.message,
    remedy: finding.remedy ?? '',
  })
  return [
    ...preflight.blockers.map((finding) => issue(finding, true)),
    ...preflight.warnings.filter(needsAction).map((finding) => issue(finding, false)),
  ]
}

/** What is merely told: it needs no action and marks no section. */
export const notesOf = (preflight: Preflight | undefined): PreflightFinding[] =>
  preflight?.warnings.filter((finding) => !needsAction(finding)) ?? []

/** The mark of each section. The review is open until it was asked for, and done when nothing blocks. */
export function sectionStates(issues: Issue[], isChecked: boolean): Record<SectionId, SectionState> {
  const state = (id: SectionId): SectionState => {
    const own = id === 'review' ? issues.filter((issue) => issue.isBlocking) : issues.filter((i) => i.section === id)
    if (own.some((issue) => issue.isBlocking)) return 'blocking'
    if (own.length) return 'attention'
    return isChecked ? 'done' : 'open'
  }
  return Object.fromEntries(SECTIONS.map(({ id }) => [id, state(id)])) as Record<SectionId, SectionState>
}

export const canStart = (issues: Issue[], preflight: Preflight | undefined): boolean =>
  Boolean(preflight?.can_start) && !issues.some((issue) => issue.isBlocking)

/** Whether a template lacks the words by which a lead learns how to stop the texts. An empty one is written by the model. */
export const lacksOptOut = (template: string | null): boolean =>
  Boolean(template?.trim()) && !saysHowToOptOut(template ?? '')

export const isSection = (value: string): value is SectionId => SECTIONS.some(({ id }) => id === value)

export const nextSection = (id: SectionId): (typeof SECTIONS)[number] | undefined =>
  SECTIONS[SECTIONS.findIndex((section) => section.id === id) + 1]
