import { describe, expect, it } from 'vitest'
import type { HandsetText } from '@/api/handset'
import { elsewhereWords, faultWords, KEYWORDS, onScreen, personaWords, playedBy } from './personas'

const text = (arrived: boolean, status: string): HandsetText =>
  ({ arrived, status, direction: 'received' }) as HandsetText

describe('the handset', () => {
  it('shows only what arrived, and counts the rest', () => {
    const texts = [
      text(true, 'delivered'),
      text(false, 'queued'),
      text(false, 'sent'),
      text(false, 'undelivered'),
      text(true, 'received'),
    ]
    expect(onScreen(texts)).toHaveLength(2)
    expect(elsewhereWords(texts)).toEqual(['2 texts on the way to it', '1 text never arrived'])
    expect(elsewhereWords([text(true, 'delivered')])).toEqual([])
  })
  it('says who plays the person, and whether they go on', () => {
    expect(playedBy({ persona: 'manual', persona_is_chosen: false })).toMatch(/^You play/)
    expect(playedBy({ persona: 'interested', persona_is_chosen: false })).toMatch(/falls silent/)
    expect(playedBy({ persona: 'interested', persona_is_chosen: true })).toMatch(/beside it/)
    expect(personaWords('night_owl').label).toBe('Night owl')
  })
  it('names what the carrier does wrong', () => {
    expect(faultWords({ callback_drop: 0.25, brand_new: 7 })).toEqual([
      'does not report deliveries (25 %)',
      'Brand new',
    ])
    expect(KEYWORDS.map((answer) => answer.body)).toEqual(['STOP', 'HELP', 'START'])
  })
})
