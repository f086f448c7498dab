import { describe, expect, it } from 'vitest'
import type { Draft } from './draft'
import { changedFields } from './meanwhile'

const draft: Draft = {
  name: 'Maya',
  description: '',
  system_prompt: 'You are Maya.',
  model: '',
  temperature: 0.7,
  tools: ['find_slots'],
  most_characters: 320,
  allowed_links: '',
  forbidden_phrases: '',
  escalate_below_confidence: 0.35,
  most_failures: 2,
  disclose_ai: 'when_asked',
}

describe('what somebody else changed', () => {
  it('is named in plain words', () => {
    const after: Draft = { ...draft, system_prompt: 'Be brief.', tools: ['find_slots', 'book_meeting'] }
    expect(changedFields(draft, after)).toEqual(['prompt', 'tools'])
  })

  it('is nothing where the same stands', () => {
    expect(changedFields(draft, { ...draft, tools: ['find_slots'] })).toEqual([])
  })
})
