import { describe, expect, it } from 'vitest'
import { argumentsLine, jobTitle } from './words'

describe('jobs in words', () => {
  it('reads names of kinds', () => {
    expect(jobTitle('campaigns.run_chunk')).toBe('Campaigns: run chunk')
    expect(jobTitle('clean_up')).toBe('Clean up')
  })
  it('puts arguments in one line', () => {
    expect(argumentsLine({ campaign_id: 3, ids: [1, 2], name: 'x' })).toBe('campaign_id=3, ids=2 items, name="x"')
    expect(argumentsLine({})).toBe('')
  })
})
