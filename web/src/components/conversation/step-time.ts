import { formatDuration } from '@/lib/format'

/** How long a step took, from milliseconds: `under 1 ms`, `12 ms`, `2 s`. */
export function formatStepTime(milliseconds: number): string {
  if (milliseconds < 1) return 'under 1 ms'
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : formatDuration(milliseconds / 1000)
}
