import { describe, expect, it } from 'vitest'
import { leaning, textWith } from './team'

const said = (id: number, body: string, direction = 'in') => ({ id, body, direction })

describe('textWith', () => {
  const texts = [
    said(4, 'We have a budget.'),
    said(3, 'Do you have a budget?', 'out'),
    said(2, 'We HAVE – a budget'),
    said(1, 'rehave a budget'),
  ]
  it('finds the newest text of the lead, in any case and punctuation', () => {
    expect(textWith(texts, 'we have a budget')?.id).toBe(4)
    expect(textWith(texts.slice(1), 'we have a budget!')?.id).toBe(2)
  })
  it('looks at whole words and only at what the lead wrote', () => {
    expect(textWith(texts, 'do you have')).toBeUndefined()
    expect(textWith([said(1, 'rehave a budget')], 'have a budget')).toBeUndefined()
  })
  it('finds nothing for a quote without words', () => {
    expect(textWith(texts, ' … ')).toBeUndefined()
  })
})

it('says what a finding means', () => {
  expect([leaning(1), leaning(0), leaning(-0.5)].map(({ word }) => word)).toEqual(['For', 'Open', 'Against'])
})
