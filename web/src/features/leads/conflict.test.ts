import { describe, expect, it } from 'vitest'
import { ApiProblem } from '@/api/client'
import { concerns, outdatedBy } from './conflict'

const refusal = (...fields: string[]) =>
  new ApiProblem(
    409,
    'Changed',
    '',
    '',
    fields.map((field) => ({ field: `body.${field}`, problem: 'was changed' })),
    'urn:outrider:problem:lead-edited-meanwhile',
    7,
  )

describe('an edit of a lead that somebody else changed', () => {
  it('names their fields and the version that is to be built upon', () => {
    expect(outdatedBy(refusal('company', 'attributes.plan'))).toEqual({
      fields: ['company', 'attributes.plan'],
      version: 7,
    })
  })

  it('is told from other refusals', () => {
    expect(outdatedBy(new ApiProblem(409, 'There is one', '', '', [], 'urn:outrider:problem:lead-exists'))).toBeNull()
    expect(outdatedBy(new Error('broken'))).toBeNull()
  })

  it('is a conflict only where both wrote', () => {
    const outdated = { fields: ['company', 'attributes.plan'], version: 7 }
    expect(concerns(outdated, { company: 'Bolt' })).toBe(true)
    expect(concerns(outdated, { attributes: { plan: 'gold' } })).toBe(true)
    expect(concerns(outdated, { title: 'CEO', attributes: { seats: 4 } })).toBe(false)
  })
})
