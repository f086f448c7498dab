/** The editor's form: an agent's draft with texts where people type lists. */
import { z } from 'zod'
import type { Agent, AgentPatch } from '@/api/agents'
import { linesOf } from './words'

const LONGEST_PROMPT = 20_000

const between = (least: number, most: number) =>
  z
    .number({ error: `A number from ${least} to ${most}.` })
    .min(least, `At least ${least}.`)
    .max(most, `At most ${most}.`)

export const draftForm = z.object({
  name: z.string().trim().min(1, 'Give the agent a name.').max(120, 'At most 120 characters.'),
  description: z.string().trim().max(500, 'At most 500 characters.'),
  system_prompt: z
    .string()
    .trim()
    .min(1, 'Say who the agent is and what it is to achieve.')
    .max(LONGEST_PROMPT, 'At most 20,000 characters.'),
  model: z.string(),
  temperature: between(0, 2),
  tools: z.array(z.string()),
  most_characters: between(40, 1600).int('A whole number.'),
  allowed_links: z.string(),
  forbidden_phrases: z.string(),
  escalate_below_confidence: between(0, 1),
  most_failures: between(1, 10).int('A whole number.'),
  disclose_ai: z.enum(['when_asked', 'at_first_contact']),
})

export type Draft = z.infer<typeof draftForm>

export const draftOf = (agent: Agent): Draft => ({
  name: agent.name,
  description: agent.description,
  system_prompt: agent.system_prompt,
  model: agent.model ?? '',
  temperature: agent.temperature,
  tools: agent.tools,
  most_characters: agent.guardrails.most_characters,
  allowed_links: agent.guardrails.allowed_links.join('\n'),
  forbidden_phrases: agent.guardrails.forbidden_phrases.join('\n'),
  escalate_below_confidence: agent.guardrails.escalate_below_confidence,
  most_failures: agent.guardrails.most_failures,
  disclose_ai: agent.guardrails.disclose_ai,
})

export const patchOf = (draft: Draft): AgentPatch => ({
  name: draft.name,
  description: draft.description,
  system_prompt: draft.system_prompt,
  model: draft.model || null,
  temperature: draft.temperature,
  tools: draft.tools,
  guardrails: {
    most_characters: draft.most_characters,
    allowed_links: linesOf(draft.allowed_links),
    forbidden_phrases: linesOf(draft.forbidden_phrases),
    escalate_below_confidence: draft.escalate_below_confidence,
    most_failures: draft.most_failures,
    disclose_ai: draft.disclose_ai,
  },
})
