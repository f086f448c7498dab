import type { AgentStatus, AgentType } from '@/api/agents'
import type { Tone } from '@/components/ui/badge'
import { humanize } from '@/lib/format'

/** In the order in which a lead meets them. */
export const TYPES: readonly { type: AgentType; label: string; work: string; talks: boolean }[] = [
  {
    type: 'conversation',
    label: 'Conversation',
    work: 'Greets, answers questions, keeps the thread going.',
    talks: true,
  },
  { type: 'qualification', label: 'Qualification', work: 'Finds out whether a lead fits.', talks: true },
  { type: 'objection_handler', label: 'Objection handler', work: 'Answers doubts.', talks: true },
  { type: 'scheduler', label: 'Scheduler', work: 'Offers real times and books one.', talks: true },
  { type: 'analytics', label: 'Conversation analyst', work: 'Sums up a thread that rests.', talks: false },
  { type: 'enrichment', label: 'Enrichment', work: 'Adds what providers know.', talks: false },
  { type: 'growth_analysis', label: 'Growth analysis', work: 'Judges market, competition and growth.', talks: false },
  { type: 'marketing', label: 'Marketing', work: 'Plans how to reach a lead.', talks: false },
  { type: 'bdr', label: 'BDR', work: 'Prepares an approach for a person to approve.', talks: false },
]

const PURPOSES: Record<string, string> = {
  reply: 'Answer',
  invoke: 'Tried',
  research: 'Research',
  workflow: 'Workflow',
}

/** What a run was for. */
export const purposeLabel = (purpose: string): string => PURPOSES[purpose] ?? humanize(purpose)

export const isAgentType = (word: string): word is AgentType => TYPES.some(({ type }) => type === word)
export const typeLabel = (type: string): string => TYPES.find((known) => known.type === type)?.label ?? type
export const talks = (type: AgentType): boolean => TYPES.find((known) => known.type === type)?.talks ?? false

/** How the agents of a type do, in a word. */
export function health(status: AgentStatus): { tone: Tone; word: string } {
  if (!status.is_available) return { tone: 'neutral', word: 'Not part of this installation' }
  if (status.model_health === 'not_configured') return { tone: 'danger', word: 'Model not configured' }
  if (status.model_health === 'failing') return { tone: 'danger', word: 'Model failing' }
  if (status.runs > 0 && (status.success_rate ?? 1) < 0.9) return { tone: 'warning', word: 'Some runs fail' }
  return { tone: 'success', word: 'Ready' }
}

/** One item per line; empty lines are none. */
export const linesOf = (text: string): string[] => [
  ...new Set(
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  ),
]

/** The prompt with the variable put in where the cursor is, and where the cursor is then. */
export function inserted(prompt: string, name: string, start: number, end: number): { prompt: string; cursor: number } {
  const written = `{{${name}}}`
  return { prompt: prompt.slice(0, start) + written + prompt.slice(end), cursor: start + written.length }
}

/** Names of fields as people say them. */
export const FIELD_LABELS: Record<string, string> = {
  name: 'Name',
  agent_type: 'Work',
  description: 'Description',
  system_prompt: 'Prompt',
  model: 'Model',
  temperature: 'Temperature',
  tools: 'Tools',
  guardrails: 'Guardrails',
}

/** A configured value for people. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none'
  if (Array.isArray(value)) return value.length ? value.join(', ') : 'none'
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, item]) => `${name.replaceAll('_', ' ')}: ${shown(item)}`)
      .join('; ')
  }
  return String(value)
}
