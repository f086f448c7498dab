import type { Tone } from '@/components/ui/badge'

/** What is needed of a text to find a quote in it. */
interface Said {
  id: number
  direction: string
  body: string
}

/** From this strength on a finding speaks for or against a purchase, as in the reasons of the score. */
const SPEAKS = 0.3
const WORD = /[\p{L}\p{N}]+/gu

const plain = (text: string): string => ` ${(text.toLowerCase().match(WORD) ?? []).join(' ')} `

/** The newest of the lead's texts that holds the quote: word for word, in any case and punctuation. */
export function textWith<Text extends Said>(newestFirst: readonly Text[], quote: string): Text | undefined {
  const wanted = plain(quote)
  if (!wanted.trim()) return undefined
  return newestFirst.find((text) => text.direction === 'in' && plain(text.body).includes(wanted))
}

/** What a finding means for a purchase, in a word. */
export function leaning(strength: number): { word: string; tone: Tone } {
  if (strength >= SPEAKS) return { word: 'For', tone: 'success' }
  if (strength <= -SPEAKS) return { word: 'Against', tone: 'danger' }
  return { word: 'Open', tone: 'neutral' }
}

const MOODS: Record<string, Tone> = { positive: 'success', neutral: 'neutral', negative: 'danger' }
export const moodTone = (sentiment: string): Tone => MOODS[sentiment] ?? 'neutral'

/** Names a text's place in the page, for those who jump to it. */
export const placeOf = (messageId: number): string => `text-${messageId}`
