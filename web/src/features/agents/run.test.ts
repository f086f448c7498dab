import { expect, test } from 'vitest'
import type { Invoked } from '@/api/agent-runs'
import { after, BEGUN, historyOf, invocation, NOBODY } from './run'

const SOMEBODY = { leadId: undefined, campaignId: 3, ...NOBODY }
const RESULT = { text: 'Glad to help.', system_prompt: 'P' } as Invoked

test('a run is what came of its events; what was void is gone', () => {
  let run = after(BEGUN, { name: 'text', data: { text: 'No' } })
  run = after(run, { name: 'restarted', data: { reason: 'broke off' } })
  run = after(run, { name: 'text', data: { text: 'Glad' } })
  expect([run.text, run.restarted, run.isRunning]).toEqual(['Glad', 'broke off', true])
  run = after(run, { name: 'result', data: RESULT })
  expect([run.text, run.prompt, run.isRunning]).toEqual(['Glad to help.', 'P', false])
})

test('earlier turns are the history of the next', () => {
  const turns = [{ heard: 'Hi', run: { ...BEGUN, result: RESULT } }]
  expect(historyOf(turns).map(({ author, body }) => [author, body])).toEqual([
    ['lead', 'Hi'],
    ['us', 'Glad to help.'],
  ])
})

test('a draft, a version and another model are asked for', () => {
  const wanted = invocation('conversation', 7, { version: 'draft', model: 'offline' }, SOMEBODY, 'Hi', [])
  expect(wanted).toMatchObject({ agent_id: 7, version: 'draft', model: 'offline' })
  expect(wanted.input).toMatchObject({ company_name: 'Leeworks', contact_info: { name: 'Ann Lee' }, campaign_id: 3 })
  expect(invocation('conversation', 7, { version: '2', model: '' }, SOMEBODY, 'Hi', [])).toMatchObject({ version: 2 })
  expect(invocation('conversation', undefined, { version: '', model: '' }, SOMEBODY, 'Hi', [])).not.toHaveProperty(
    'version',
  )
})

test('a stored lead is named by its id alone, and an analyst reads the text as part of the thread', () => {
  const wanted = invocation('analytics', undefined, { version: '', model: '' }, { ...SOMEBODY, leadId: 9 }, 'Bye', [])
  expect(wanted.input).toMatchObject({ lead_id: 9, text: '', history: [{ author: 'lead', body: 'Bye' }] })
  expect(wanted.input).not.toHaveProperty('company_name')
})
