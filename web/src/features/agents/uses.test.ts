import { describe, expect, it } from 'vitest'
import type { Campaign } from '@/api/campaigns'
import { usesByAgent } from './uses'

const campaign = (id: number, agents: Partial<Campaign>) =>
  ({ id, agent_id: null, creative_agent_id: null, deterministic_agent_id: null, ...agents }) as Campaign

describe('usesByAgent', () => {
  it('counts a campaign once for each agent, whatever its part', () => {
    const uses = usesByAgent([
      campaign(1, { agent_id: 7, creative_agent_id: 7 }),
      campaign(2, { creative_agent_id: 7, deterministic_agent_id: 8 }),
      campaign(3, {}),
    ])
    expect(uses.get(7)?.map((one) => one.id)).toEqual([1, 2])
    expect(uses.get(8)?.map((one) => one.id)).toEqual([2])
    expect(uses.size).toBe(2)
  })
})
