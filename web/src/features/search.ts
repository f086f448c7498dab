/** What the address of each page may say. The URL is the state: a link, a reload or Back brings the same view. */
import { z } from 'zod'

/** A malformed parameter is ignored rather than an error page. */
const text = z
  // `?search=123` comes as a number.
  .union([z.string(), z.number().transform(String)])
  .pipe(z.string().max(200))
  .optional()
  .catch(undefined)
const id = z.coerce.number().int().positive().optional().catch(undefined)
const words = z.array(z.string().max(200)).max(50).optional().catch(undefined)
const flag = z.boolean().optional().catch(undefined)

export const dashboardSearch = z.object({
  days: z.literal([7, 30, 90]).optional().catch(undefined),
  chart: z.enum(['cost', 'texts']).optional().catch(undefined),
  table: flag,
})

/** What A/B tests are judged by; nothing is who replied. */
const measure = z.enum(['qualified', 'booked', 'opted_out']).optional().catch(undefined)

export const campaignsSearch = z.object({
  status: text,
  search: text,
  sort: text,
  view: z.enum(['cards', 'table']).optional().catch(undefined),
})

export const campaignSearch = z.object({
  tab: z.enum(['overview', 'flow', 'leads', 'runs', 'log', 'settings']).optional().catch(undefined),
  status: text,
  reason: text,
  /** A reason of failure, as long as it is. */
  error: z.string().max(2000).optional().catch(undefined),
  replied: flag,
  search: text,
  /** What became of the leads' texts. */
  delivery: text,
  sort: text,
  level: text,
  node: text,
  /** Runs that came to a step. */
  passed: text,
  lead: id,
  measure,
})

export const leadsSearch = z.object({
  search: text,
  list_id: id,
  tier: words,
  score_min: z.coerce.number().optional().catch(undefined),
  score_max: z.coerce.number().optional().catch(undefined),
  industry: words,
  company: text,
  country: text,
  region: words,
  source: words,
  has_phone: flag,
  has_email: flag,
  consent: text,
  import_id: id,
  created_from: text,
  created_to: text,
  attribute: words,
  sort: text,
})

export const conversationsSearch = z.object({
  view: z.enum(['mine', 'unassigned', 'all', 'needs_person']).optional().catch(undefined),
  /** Without it the open ones. */
  status: z.enum(['snoozed', 'resolved', 'any']).optional().catch(undefined),
  search: text,
  campaign_id: id,
  handled_by: z.enum(['agent', 'person']).optional().catch(undefined),
  /** Also leads that were texted and never wrote. */
  everyone: flag,
  /** Only those with a text of which nobody can tell whether it left. */
  unknown: flag,
  thread: id,
})

export const handsetSearch = z.object({ phone: text, search: text })
export const importSearch = z.object({ import_id: id })
export const agentsSearch = z.object({
  agent: z.literal('new').optional().catch(undefined),
  /** The kind of work that a new agent is for. */
  type: text,
})
export const agentSearch = z.object({
  tab: z.enum(['edit', 'playground', 'versions', 'runs']).optional().catch(undefined),
  /** The lead of the preview and of the playground; none is an example. */
  lead: id,
  campaign: id,
  /** One run, looked at. */
  run: id,
  /** The version that is compared with the one after it. */
  version: id,
})
/** A run of evals beside another one. */
export const evalSearch = z.object({ beside: id })
export const jobsSearch = z.object({ job: id })
export const settingsSearch = z.object({
  phone: text,
  reason: text,
  lifted: flag,
  search: text,
  connection: id,
  tab: text,
  /** Scoring: whose report is shown, and its curve as a table. */
  model: id,
  table: flag,
  /** What models cost: split and days. */
  by: z.enum(['model', 'purpose']).optional().catch(undefined),
  days: z.literal([7, 30, 90]).optional().catch(undefined),
  /** Figures of providers: of the last hour, day or week. */
  span: z.enum(['hour', 'day', 'week']).optional().catch(undefined),
  /** Which model calls are listed, and which one is looked at. */
  asked: text,
  purpose: text,
  outcome: text,
  campaign_id: id,
  conversation_id: id,
  call: id,
})
export const approvalsSearch = z.object({
  view: z.enum(['all']).optional().catch(undefined),
  /** Decisions and calls that runs wait for, or drafts of agents; both otherwise. */
  kind: z.enum(['runs', 'drafts']).optional().catch(undefined),
  /** Decisions and calls of one campaign. */
  campaign: id,
})
export const runsSearch = z.object({
  workflow: id,
  campaign: id,
  lead: id,
  status: text,
  /** The step at which they wait or failed. */
  node: text,
  /** A step to which they came. */
  passed: text,
  error: text,
  search: text,
  /** Something that they asked for may or may not have happened. */
  effect: z.enum(['unknown']).optional().catch(undefined),
})
export const runSearch = z.object({
  /** Path of the step that is looked at. */
  step: text,
  /** Which of its visits; the latest otherwise. */
  visit: id,
  /** The step that asked for this text. */
  text: id,
})
const side = z
  .union([z.coerce.number().int().positive(), z.literal('draft')])
  .optional()
  .catch(undefined)
export const workflowEditSearch = z.object({
  node: text,
  panel: z.enum(['problems', 'try', 'versions']).optional().catch(undefined),
  /** Versions that are compared: their numbers, or `draft`. */
  from: side,
  to: side,
})
export const workflowSearch = z.object({
  tab: z.enum(['flow', 'runs']).optional().catch(undefined),
  version: id,
  node: text,
  /** Flow and runs: of one campaign. */
  campaign: id,
  measure,
  /** Runs: which ones. */
  status: text,
  passed: text,
  error: text,
  search: text,
  lead: id,
})
