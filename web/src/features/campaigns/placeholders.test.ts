import { describe, expect, it } from 'vitest'
import { insertPlaceholder, invalidPlaceholders, tokenize } from './placeholders'

describe('template tokens', () => {
  it('join to the text again', () => {
    const text = 'Hi {{ first_name }}, is {{company|your team}} {{oops}} or {{broken?'
    const tokens = tokenize(text, [])
    expect(tokens.map((token) => token.text).join('')).toBe(text)
    expect(tokens.filter((token) => token.name !== null).map((token) => token.isInvalid)).toEqual([
      false,
      false,
      true,
      true,
    ])
  })
  it('know the ways to write a name, and attributes of leads', () => {
    expect(invalidPlaceholders('{{First Name}} {{firstName}} {{lead.first_name}} {{name|x}}', [])).toEqual([])
    expect(invalidPlaceholders('{{plan}} {{Roof size}}', ['plan', 'roof_size'])).toEqual([])
    expect(invalidPlaceholders('{{plan}} {{plan}}', [])).toEqual(['{{plan}}'])
    expect(invalidPlaceholders('{{}} {single}', [])).toEqual(['{{}}'])
  })
  it('are inserted at the caret with spaces between words', () => {
    expect(insertPlaceholder('Hi', 'first_name', 2, 2)).toEqual({ text: 'Hi {{first_name}}', caret: 17 })
    expect(insertPlaceholder('Hi , ok', 'first_name', 3, 3).text).toBe('Hi {{first_name}}, ok')
    expect(insertPlaceholder('Hi XX you', 'name', 3, 5)).toEqual({ text: 'Hi {{name}} you', caret: 11 })
    expect(insertPlaceholder('ok', 'city', 0, 0).text).toBe('{{city}} ok')
  })
})
