import { expect, test } from 'vitest'
import type { Rule } from '@/api/notifications'
import { labelOf, rulesByFact, targetOf } from './rule-words'

const rule = (values: Partial<Rule>): Rule => ({
  id: 1,
  fact: 'meeting.booked',
  channel: 'email',
  target: 'ann@acme.example',
  enabled: true,
  created_at: '2026-01-01T00:00:00Z',
  last_delivery: null,
  ...values,
})

test('rules are found by fact; the list of the application is no target', () => {
  const found = rulesByFact([
    rule({}),
    rule({ id: 2, channel: 'slack', target: '' }),
    rule({ id: 3, channel: 'in_app', target: '' }),
    rule({ id: 4, fact: '*' }),
  ])
  expect(found.get('meeting.booked')?.map(({ id }) => id)).toEqual([1, 2])
  expect(found.get('*')?.map(({ id }) => id)).toEqual([4])
})

test('a webhook of Slack has a channel of its own', () => {
  expect(targetOf(rule({ channel: 'slack', target: '' }))).toBe('the webhook’s own channel')
  expect(targetOf(rule({ channel: 'slack', target: '#sales' }))).toBe('#sales')
})

test('every fact has a label', () => {
  expect(labelOf([{ name: 'a.b', label: 'A to B' }], 'a.b')).toBe('A to B')
  expect(labelOf([], '*')).toBe('Everything')
  expect(labelOf([], 'gone.fact')).toBe('gone.fact')
})
