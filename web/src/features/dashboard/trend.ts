/** How a figure moved against the period before. */
export interface Trend {
  /** `+12 %`, `−0.4 points`, `new`. */
  words: string
  direction: 'up' | 'down' | 'flat'
}

const MOST_PERCENT = 999

const direction = (change: number): Trend['direction'] => (change > 0 ? 'up' : change < 0 ? 'down' : 'flat')

const signed = (change: number, digits: number): string => {
  const text = Math.abs(change).toFixed(digits).replace(/\.0+$/, '')
  return `${change > 0 ? '+' : change < 0 ? '−' : '±'}${text}`
}

/** Change of a count or an amount in percent; null if both periods are empty. */
export function changeOf(now: number, before: number): Trend | null {
  if (now === 0 && before === 0) return null
  if (before === 0) return { words: 'new', direction: 'up' }
  const percent = Math.round(((now - before) / before) * 100)
  const words = percent > MOST_PERCENT ? `over +${MOST_PERCENT} %` : `${signed(percent, 0)} %`
  return { words, direction: direction(percent) }
}

/** Change of a share in percentage points; null unless both periods have one. */
export function changeOfShare(now: number | null, before: number | null): Trend | null {
  if (now === null || before === null) return null
  const points = Math.round((now - before) * 10) / 10
  return { words: `${signed(points, 1)} points`, direction: direction(points) }
}

/** A part of a whole in percent; null of nothing. */
export const shareOf = (part: number, whole: number): number | null => (whole > 0 ? (part / whole) * 100 : null)
