import { expect, test } from 'vitest'
import type { AgentStatus } from '@/api/agents'
import { health, inserted, isAgentType, linesOf, purposeLabel, shown } from './words'

const STATUS = { is_available: true, model_health: 'healthy', runs: 0, success_rate: null } as AgentStatus

test('how a type does is a word', () => {
  expect(health(STATUS).word).toBe('Ready')
  expect(health({ ...STATUS, runs: 10, success_rate: 0.5 }).word).toBe('Some runs fail')
  expect(health({ ...STATUS, model_health: 'failing' }).word).toBe('Model failing')
  expect(health({ ...STATUS, model_health: 'not_configured' }).tone).toBe('danger')
  expect(health({ ...STATUS, is_available: false }).tone).toBe('neutral')
})

test('a variable goes where the cursor is, in place of what is selected', () => {
  expect(inserted('Hi X!', 'lead.name', 3, 4)).toEqual({ prompt: 'Hi {{lead.name}}!', cursor: 16 })
})

test('lists are one item per line', () => {
  expect(linesOf(' a \n\nb\na')).toEqual(['a', 'b'])
})

test('values are words', () => {
  expect(shown(['a', 'b'])).toBe('a, b')
  expect(shown([])).toBe('none')
  expect(shown({ most_characters: 5, links: [] })).toBe('most characters: 5; links: none')
})

test('types are known by name', () => {
  expect([isAgentType('bdr'), isAgentType('7')]).toEqual([true, false])
})

test('what a run was for is told in a word, also of purposes to come', () => {
  expect(['reply', 'workflow', 'sms_trial'].map(purposeLabel)).toEqual(['Answer', 'Workflow', 'Sms trial'])
})
