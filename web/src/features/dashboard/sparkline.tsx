const WIDTH = 88
const HEIGHT = 26
const EDGE = 2

/** The course of a figure, as decoration beside it. */
export function Sparkline({ points }: { points: number[] }) {
  const top = Math.max(...points)
  if (points.length < 2 || top <= 0) return null
  const step = (WIDTH - 2 * EDGE) / (points.length - 1)
  const y = (value: number) => HEIGHT - EDGE - (value / top) * (HEIGHT - 2 * EDGE)
  const line = points.map((value, index) => `${(EDGE + index * step).toFixed(1)},${y(value).toFixed(1)}`).join(' ')
  const area = `${EDGE},${HEIGHT} ${line} ${WIDTH - EDGE},${HEIGHT}`
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className="hidden h-6.5 w-22 shrink-0 text-primary sm:block" aria-hidden>
      <polygon points={area} fill="currentColor" opacity={0.1} />
      <polyline points={line} fill="none" stroke="currentColor" strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  )
}
