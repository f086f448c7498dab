import { describe, expect, it } from 'vitest'
import { digitsOf } from './phone-search'

describe('digitsOf', () => {
  it('takes the digits of what was typed or pasted', () => {
    expect(digitsOf('+1 (202) 555-01')).toBe('+120255501')
    expect(digitsOf(' 0143 ')).toBe('0143')
  })
  it('waits until there is something to look for', () => {
    expect(digitsOf('+1')).toBeUndefined()
    expect(digitsOf('Ann')).toBeUndefined()
    expect(digitsOf(undefined)).toBeUndefined()
  })
})
