import { describe, expect, it } from 'vitest'
import { outcomeOf } from './outcome'

describe('what came of a campaign for a lead', () => {
  it('is one word with its tone', () => {
    expect(outcomeOf({ outcome: 'replied', status: 'completed' })).toEqual({ label: 'Answered', tone: 'success' })
    expect(outcomeOf({ outcome: 'undelivered', status: 'completed' })).toEqual({
      label: 'Not delivered',
      tone: 'danger',
    })
    expect(outcomeOf({ outcome: 'skipped', status: 'skipped' }).tone).toBe('warning')
  })

  it('is the status as long as nothing came of it', () => {
    expect(outcomeOf({ outcome: null, status: 'pending' })).toEqual({ label: 'Pending', tone: 'neutral' })
  })
})
