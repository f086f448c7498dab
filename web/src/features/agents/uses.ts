import type { Campaign } from '@/api/campaigns'

/** The campaigns in which each agent writes, answers or decides. */
export function usesByAgent(campaigns: Campaign[]): Map<number, Campaign[]> {
  const uses = new Map<number, Campaign[]>()
  for (const campaign of campaigns) {
    const ids = new Set([
      campaign.agent_id,
      campaign.creative_agent_id,
      campaign.deterministic_agent_id,
      campaign.qualification_agent_id,
      campaign.objection_handler_agent_id,
      campaign.scheduler_agent_id,
    ])
    for (const id of ids) if (id != null) uses.set(id, [...(uses.get(id) ?? []), campaign])
  }
  return uses
}
