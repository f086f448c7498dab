/** A run as it is looked at: what came of it so far. */
import type { AgentMessage, Invocation, Invoked, ModelCall, RunEvent, ToolUse } from '@/api/agent-runs'
import type { AgentType } from '@/api/agents'
import type { ApiProblem } from '@/api/client'
import { talks } from './words'

export interface Run {
  text: string
  prompt: string
  model: string
  tools: ToolUse[]
  calls: ModelCall[]
  /** Why what came first was void. */
  restarted?: string
  result?: Invoked
  problem?: ApiProblem
  isRunning: boolean
}

export const BEGUN: Run = { text: '', prompt: '', model: '', tools: [], calls: [], isRunning: true }

/** The run after an event. */
export function after(run: Run, event: RunEvent): Run {
  switch (event.name) {
    case 'agent':
      return { ...run, prompt: event.data.system_prompt, model: event.data.model }
    case 'text':
      return { ...run, text: run.text + event.data.text }
    case 'restarted':
      return { ...run, text: '', restarted: event.data.reason }
    case 'tool':
      return { ...run, tools: [...run.tools, event.data] }
    case 'model':
      return { ...run, calls: [...run.calls, event.data] }
    case 'result':
      return {
        ...run,
        result: event.data,
        text: event.data.text ?? '',
        prompt: event.data.system_prompt || run.prompt,
        isRunning: false,
      }
  }
}

/** Whom the agent works for in the playground. */
export interface Somebody {
  leadId: number | undefined
  campaignId: number | undefined
  name: string
  company: string
  industry: string
  size: string
}

export const NOBODY: Omit<Somebody, 'leadId' | 'campaignId'> = {
  name: 'Ann Lee',
  company: 'Leeworks',
  industry: 'Roofing',
  size: '11-50',
}

/** Which agent answers: a version of a stored one, perhaps with another model. */
export interface Side {
  version: string
  model: string
}

export interface Turn {
  heard: string
  run: Run
}

export function historyOf(turns: Turn[]): AgentMessage[] {
  return turns.flatMap(({ heard, run }) => [
    ...(heard ? [{ author: 'lead' as const, body: heard, at: null, agent_type: null }] : []),
    ...(run.result?.text ? [{ author: 'us' as const, body: run.result.text, at: null, agent_type: null }] : []),
  ])
}

/** What the API is asked for. */
export function invocation(
  type: AgentType,
  agentId: number | undefined,
  side: Side,
  somebody: Somebody,
  text: string,
  turns: Turn[],
): Invocation {
  const { leadId, campaignId, name, company, industry, size } = somebody
  const described =
    leadId !== undefined
      ? { lead_id: leadId }
      : {
          ...(company && { company_name: company }),
          ...(industry && { industry }),
          ...(size && { company_size: size }),
          ...(name && { contact_info: { name } }),
        }
  const said = historyOf(turns)
  // Who sums up a conversation is given it as a whole, the latest text included.
  const isRead = type === 'analytics'
  const history = isRead ? [...said, { author: 'lead', body: text, at: null, agent_type: null }] : said
  return {
    agent_type: type,
    input: {
      ...described,
      ...(campaignId !== undefined && { campaign_id: campaignId }),
      ...((talks(type) || isRead) && { history }),
      text: isRead ? '' : text,
    },
    ...(agentId !== undefined && { agent_id: agentId }),
    ...(agentId !== undefined &&
      side.version !== '' && { version: side.version === 'draft' ? ('draft' as const) : Number(side.version) }),
    ...(side.model && { model: side.model }),
    stream: true,
  } as Invocation
}
