import type { RunFilter, RunStatus } from '@/api/runs'
import { RUN_STATUSES } from './words'

/** Which runs are shown, as an address says it. */
export interface RunsSearch {
  workflow?: number | undefined
  campaign?: number | undefined
  lead?: number | undefined
  status?: string | undefined
  /** Waits or failed at this step. */
  node?: string | undefined
  /** Came to this step. */
  passed?: string | undefined
  error?: string | undefined
  search?: string | undefined
  /** Something that it asked for may or may not have happened. */
  effect?: 'unknown' | undefined
}

export const NO_FILTER: RunsSearch = {
  workflow: undefined,
  campaign: undefined,
  lead: undefined,
  status: undefined,
  node: undefined,
  passed: undefined,
  error: undefined,
  search: undefined,
  effect: undefined,
}

const isStatus = (word: string): word is RunStatus => word in RUN_STATUSES

/** What the API is asked for; a status that does not exist is as none. */
export function runFilterOf(search: RunsSearch): RunFilter {
  const { workflow, campaign, lead, status, node, passed, error, search: words, effect } = search
  return {
    ...(workflow && { workflow_id: workflow }),
    ...(campaign && { campaign_id: campaign }),
    ...(lead && { lead_id: lead }),
    ...(status && isStatus(status) && { status: [status] }),
    ...(node && { node_id: node }),
    ...(passed && { passed }),
    ...(error && { error }),
    ...(words && { search: words }),
    ...(effect && { effect }),
  }
}
