import { describe, expect, it } from 'vitest'
import type { Sender } from '@/api/senders'
import type { SettingsReport } from '@/api/settings'
import { hintsOf } from './hints'

const REPORT: SettingsReport = {
  version: '1',
  groups: [],
  carrier: {
    kind: 'twilio',
    public_url: 'https://outrider.example.com',
    is_reachable_from_outside: true,
    webhooks: [{ purpose: 'incoming texts', url: 'u', where: 'there', last_received: '2026-05-01T00:00:00Z' }],
  },
  quiet_hours: { is_enforced: true, default: [], stricter: [] },
  model: { name: 'openai:x', is_offline: false, fallbacks: [] },
}
const IN_USE = { enabled: true } as Sender
const titles = (facts: Partial<Parameters<typeof hintsOf>[0]>) =>
  hintsOf({ report: REPORT, senders: [IN_USE], isDatabaseReachable: true, ...facts }).map((hint) => hint.title)

describe('hintsOf', () => {
  it('says so when nothing is missing', () => {
    expect(titles({})).toEqual(['Everything that is needed is there'])
  })
  it('names what stands in the way, the worst first', () => {
    const carrier = { ...REPORT.carrier, public_url: 'http://127.0.0.1:8000', is_reachable_from_outside: false }
    expect(titles({ report: { ...REPORT, carrier }, senders: [], isDatabaseReachable: false })).toEqual([
      'The database does not answer',
      'No sender is in use',
      'The carrier can’t reach this installation',
    ])
  })
  it('misses reports only from a carrier that could send them', () => {
    const webhooks = [{ purpose: 'delivery reports' as const, url: 'u', where: 'there', last_received: null }]
    expect(titles({ report: { ...REPORT, carrier: { ...REPORT.carrier, webhooks } } })).toEqual([
      'No delivery reports came in yet',
    ])
    expect(titles({ report: { ...REPORT, carrier: { ...REPORT.carrier, kind: 'simulator', webhooks } } })).toEqual([
      'Everything that is needed is there',
      'The carrier is a simulator',
    ])
  })
})
