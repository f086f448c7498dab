import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { countSegments, saysHowToOptOut, segmentWords, toGsm } from './segments'

const FAMILY = '👨‍👩‍👧‍👦'

/** Random texts with the results of Twilio's own calculator; the server is held to the same ones. */
const VECTORS: { body: string; encoding: string; segments: number; units: number }[] = readFileSync(
  `${process.cwd()}/../tests/unit/channels/segment_vectors.jsonl`,
  'utf8',
)
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line))

describe('segments', () => {
  it.each([
    ['a'.repeat(160), 'GSM-7', 1],
    ['a'.repeat(161), 'GSM-7', 2],
    ['a'.repeat(306), 'GSM-7', 2],
    ['a'.repeat(307), 'GSM-7', 3],
    ['€'.repeat(80), 'GSM-7', 1],
    ['€'.repeat(81), 'GSM-7', 2],
    [`${'a'.repeat(152)}€${'a'.repeat(151)}`, 'GSM-7', 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 'GSM-7', 3],
    ['😀'.repeat(35), 'UCS-2', 1],
    ['😀'.repeat(36), 'UCS-2', 2],
    ['ç'.repeat(71), 'UCS-2', 2],
    ['Ç'.repeat(160), 'GSM-7', 1],
    [FAMILY.repeat(7), 'UCS-2', 2],
    ['“smart”\u00a0quotes', 'UCS-2', 1],
    ['', 'GSM-7', 1],
    [`🇮🇹${'a'.repeat(67)}`, 'UCS-2', 2],
    [`${'a'.repeat(66)}😀aaa`, 'UCS-2', 2],
  ])('counts known texts (%#)', (body, encoding, segments) => {
    const count = countSegments(body)
    expect([count.encoding, count.segments]).toEqual([encoding, segments])
  })

  it.each(VECTORS)("agrees with Twilio's calculator (%#)", ({ body, encoding, segments, units }) => {
    const count = countSegments(body)
    expect([count.encoding, count.segments, count.units]).toEqual([encoding, segments, units])
  })

  it.each([
    ['a'.repeat(100), 160, 60],
    ['a'.repeat(161), 153, 145],
    ['a'.repeat(306), 153, 0],
    [`${'a'.repeat(152)}€${'a'.repeat(8)}`, 153, 143],
    ['ж'.repeat(71), 67, 63],
    ['😀'.repeat(36), 67, 61],
  ])('says what is left in the last segment (%#)', (body, perSegment, remaining) => {
    const count = countSegments(body)
    expect([count.perSegment, count.remaining]).toEqual([perSegment, remaining])
    expect(countSegments(body + 'a'.repeat(remaining)).segments).toBe(count.segments)
  })

  it('names the characters that cost the alphabet', () => {
    expect(countSegments('más “claro” más').nonGsm).toEqual(['á', '“', '”'])
    expect(countSegments('mas claro [€]').nonGsm).toEqual([])
  })

  it.each([
    ['“Hi” – it’s me…', '"Hi" - it\'s me...'],
    ['a\u00a0b\u202fc\u200bd', 'a b cd'],
    ['½ off • ok', '1/2 off - ok'],
    ['Señor ça 😀 ж', 'Señor ça 😀 ж'],
  ])('replaces looks, never words: %s', (typed, plain) => {
    expect(toGsm(typed)).toBe(plain)
  })

  it('says it in words and knows opt-out words', () => {
    expect(segmentWords(countSegments('a'.repeat(142)))).toBe('142 of 160 · 1 segment')
    expect(segmentWords(countSegments('a'.repeat(200)))).toBe('200 of 306 · 2 segments')
    expect(saysHowToOptOut('Reply STOP to opt out')).toBe(true)
    expect(saysHowToOptOut('We never stopped')).toBe(false)
  })
})
