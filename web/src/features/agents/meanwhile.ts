/** What somebody else did to a draft while it was being edited here. */
import type { Draft } from './draft'

const LABELS: Record<keyof Draft, string> = {
  name: 'name',
  description: 'description',
  system_prompt: 'prompt',
  model: 'model',
  temperature: 'temperature',
  tools: 'tools',
  most_characters: 'longest text',
  allowed_links: 'links',
  forbidden_phrases: 'forbidden words',
  escalate_below_confidence: 'least confidence',
  most_failures: 'failures in a row',
  disclose_ai: 'disclosure',
}

/** In plain words, the fields in which two drafts differ. */
export function changedFields(before: Draft, after: Draft): string[] {
  const names = Object.keys(LABELS) as (keyof Draft)[]
  return names.filter((name) => String(before[name]) !== String(after[name])).map((name) => LABELS[name])
}
