import { formatDateTime, formatDay } from '@/lib/format'

const MIDNIGHT = /T00:00(?::00(?:\.0+)?)?(?:Z|\+00:00)$/

/** When somebody agreed. A file often knows the day alone, which is kept as its first moment: no clock time is shown then. */
export const consentMoment = (at: string): string =>
  MIDNIGHT.test(at) ? formatDay(at.slice(0, '2026-01-31'.length)) : formatDateTime(at)
