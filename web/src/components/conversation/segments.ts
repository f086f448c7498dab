/**
 * How many SMS segments a text takes, counted while somebody types as the server (and Twilio) counts and bills it.
 *
 * A text is GSM-7 if every character is in the GSM 03.38 alphabet, otherwise UCS-2. One segment holds 160 septets or
 * 70 sixteen-bit units; from two segments on, each holds 153 or 67. Characters of the extension table take two septets.
 * The two septets of an extension character and all units of a grapheme stay in one segment. Twilio differs from the
 * standard in one place: small ç is not GSM-7.
 */
const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const GSM_EXTENSION = '\f^{}\\[~]|€'

const BASIC = new Set(GSM_BASIC)
const EXTENSION = new Set(GSM_EXTENSION)

const GSM_SINGLE = 160
const GSM_MULTI = 153
const UCS_SINGLE = 70
const UCS_MULTI = 67

export type Encoding = 'GSM-7' | 'UCS-2'

export interface SegmentCount {
  encoding: Encoding
  /** Septets (GSM-7) or sixteen-bit units (UCS-2) of the text. */
  units: number
  segments: number
  /** Units that one segment of this text holds. */
  perSegment: number
  /** Units free in the last segment. */
  remaining: number
  /** Characters that force UCS-2, each once, in order of appearance. */
  nonGsm: string[]
}

const isGsm = (char: string): boolean => BASIC.has(char) || EXTENSION.has(char)

/** Counts the segments of a text. An empty one takes one. */
export function countSegments(body: string): SegmentCount {
  const characters = [...body]
  const nonGsm = [...new Set(characters.filter((char) => !isGsm(char)))]
  const isShort = nonGsm.length === 0
  const sizes = isShort ? characters.map((char) => (EXTENSION.has(char) ? 2 : 1)) : graphemeSizes(characters)
  const [single, multi] = isShort ? [GSM_SINGLE, GSM_MULTI] : [UCS_SINGLE, UCS_MULTI]
  const units = sizes.reduce((sum, size) => sum + size, 0)
  const encoding = isShort ? 'GSM-7' : 'UCS-2'
  if (units <= single) return { encoding, units, segments: 1, perSegment: single, remaining: single - units, nonGsm }
  const { segments, used } = pack(sizes, multi)
  return { encoding, units, segments, perSegment: multi, remaining: Math.max(0, multi - used), nonGsm }
}

/** Segments, and units in the last one, when nothing that belongs together may be torn apart. */
function pack(sizes: number[], most: number): { segments: number; used: number } {
  let segments = 1
  let used = 0
  for (const size of sizes) {
    if (used + size > most) {
      segments += 1
      used = 0
    }
    used += size
  }
  return { segments, used }
}

const MARK = /^\p{M}$/u
const JOINER = '\u200d'
/** Zero-width joiner, two spacing vowels that are letters by category, skin tones and flag tags. */
const EXTENDING = /^(?:\u200d|\u0e33|\u0eb3|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}])$/u
const FLAG_LETTER = /^[\u{1f1e6}-\u{1f1ff}]$/u
const NEVER_EXTENDED = new Set(['\r', '\n', '\u200b'])

/**
 * Units of each grapheme, by the rules of UAX #29 that matter in texts: marks, emoji sequences, pairs of flag letters.
 * The browser's own segmenter knows a newer Unicode than the carrier and would count some texts differently.
 */
function graphemeSizes(characters: string[]): number[] {
  const sizes: number[] = []
  let previous = '\n'
  let flagLetters = 0
  for (const char of characters) {
    const isFlagLetter = FLAG_LETTER.test(char)
    const joined =
      ((EXTENDING.test(char) || MARK.test(char)) && !NEVER_EXTENDED.has(previous)) ||
      (previous === JOINER && (char.codePointAt(0) ?? 0) > 0x2000) ||
      (isFlagLetter && flagLetters % 2 === 1)
    if (joined && sizes.length > 0) sizes[sizes.length - 1] = (sizes.at(-1) ?? 0) + char.length
    else sizes.push(char.length)
    flagLetters = isFlagLetter ? flagLetters + 1 : 0
    previous = char
  }
  return sizes
}

const each = (characters: string, plain: string): [string, string][] => [...characters].map((char) => [char, plain])

const PLAIN = new Map<string, string>([
  ...each('\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\u02bc\uff07', "'"),
  ...each('\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\uff02', '"'),
  ['\u2039', '<'],
  ['\u203a', '>'],
  ...each('\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022', '-'),
  ...each('\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t', ' '),
  ...each('\u200b\u2060\ufeff\u00ad', ''),
  ['\u2026', '...'],
  ['\u2044', '/'],
  ['\u00d7', 'x'],
  ['\u00bc', '1/4'],
  ['\u00bd', '1/2'],
  ['\u00be', '3/4'],
  ['\u2028', '\n'],
  ['\u2029', '\n'],
])

/**
 * The text with typographic quotes, dashes, ellipses and spaces replaced by their plain GSM-7 equals. Letters and emoji
 * are left alone: a replacement may change how a text looks, never what it says.
 */
export const toGsm = (body: string): string => [...body].map((char) => PLAIN.get(char) ?? char).join('')

/** Words by which a text says how to opt out, in the languages of the shipped templates. */
const OPT_OUT_WORDS = /\b(stop|opt[ -]?out|unsubscribe|baja|alto|arr[êe]t|stopp)\b/i

export const saysHowToOptOut = (body: string): boolean => OPT_OUT_WORDS.test(body)

/** `142 of 160 · 1 segment`. */
export function segmentWords(count: SegmentCount): string {
  const room = count.segments === 1 ? count.perSegment : count.units + count.remaining
  return `${count.units} of ${room} · ${count.segments} ${count.segments === 1 ? 'segment' : 'segments'}`
}
