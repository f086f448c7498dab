import { describe, expect, it } from 'vitest'
import { fateOf, holdWords } from './delivery'

const out = (state: string, more: object = {}) => fateOf({ direction: 'out', state, ...more })

describe('the fate of a text', () => {
  it('is what the carrier says once it has it', () => {
    expect(out('sent')?.label).toBe('Sent')
    expect(out('sent', { delivery_status: 'sent' })?.mark).toBe('sent')
    expect(out('sent', { delivery_status: 'delivered' })?.mark).toBe('delivered')
    expect(out('sent', { delivery_status: 'undelivered', error_message: 'Landline' })).toMatchObject({
      mark: 'failed',
      detail: 'Landline',
    })
  })
  it('is ours before, with the reason in words', () => {
    expect(out('queued')).toMatchObject({ mark: 'waiting', label: 'Waiting' })
    expect(out('queued', { hold_reason: 'quiet_hours' })?.detail).toMatch(/night/)
    expect(out('cancelled', { hold_reason: 'suppressed' })).toMatchObject({ mark: 'stopped' })
    expect(out('unknown', { hold_reason: 'no_clear_answer' })?.tone).toBe('warning')
  })
  it('forgets old reasons once a text has left', () => {
    expect(out('sent', { hold_reason: 'resolved_by_person', delivery_status: 'delivered' })?.detail).toBeUndefined()
  })
  it('is nothing for what came in, and never breaks on a new word', () => {
    expect(fateOf({ direction: 'in' })).toBeNull()
    expect(out('on_its_way')?.label).toBe('On its way')
    expect(holdWords('brand_new')).toBe('Brand new')
    expect(holdWords(null)).toBeUndefined()
  })
})
