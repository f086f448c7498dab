import { describe, expect, it } from 'vitest'
import {
  conversationsOf,
  conversationTitle,
  differences,
  effortWords,
  type Outcome,
  resultWords,
  titleOf,
} from './compare'

const played = (name: string, passed: boolean, repetition = 1): Outcome => ({
  name,
  kind: 'script',
  repetition,
  passed,
  seconds: 1.25,
  cost: 0.5,
})

describe('two runs compared', () => {
  it('puts what got worse first', () => {
    const before = [played('a', true), played('b', false), played('c', true), played('d', true), played('e', true, 2)]
    const after = [played('a', true), played('b', true), played('c', false), played('e', true, 1)]
    expect(differences(before, after).map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'c worse',
      'b better',
      'd alone',
      'e alone',
      'e alone',
      'a same',
    ])
  })
  it('tells results in words', () => {
    expect(resultWords([played('a', true), played('b', false)])).toBe('1 of 2 went as expected')
    expect(effortWords(played('a', true))).toBe('$0.50, 1.3 s')
    expect(titleOf('opts_out_oddly/es')).toBe('Opts out oddly es')
  })
})

describe('conversationsOf', () => {
  const choices = { scripts: ['price-en', 'price-es', 'question-en'] }
  const wanted = { plays: 'scripts' as const, only: '', personas: ['haggler'], repeat: '2' }
  it('counts scripts by a part of their name, or the chosen leads', () => {
    expect(conversationsOf(wanted, choices)).toBe(6)
    expect(conversationsOf({ ...wanted, only: ' price ' }, choices)).toBe(4)
    expect(conversationsOf({ ...wanted, plays: 'personas' }, choices)).toBe(2)
    expect(conversationsOf({ ...wanted, repeat: 'x' }, choices)).toBe(0)
  })
})

describe('conversationTitle', () => {
  it('names situation, language and repetition', () => {
    expect(conversationTitle({ name: 'asks_where-from-fr', kind: 'script', repetition: 1 })).toBe(
      'Asks where from, French',
    )
    expect(conversationTitle({ name: 'price-es', kind: 'script', repetition: 3 })).toBe('Price, Spanish (3)')
    expect(conversationTitle({ name: 'other_language', kind: 'persona', repetition: 1 })).toBe('Other language')
  })
})
