/** Between the server's moments and the field for date and time, which knows only the reader's own clock. */

const two = (value: number): string => String(value).padStart(2, '0')

export function toLocal(moment: string | null): string {
  if (!moment) return ''
  const when = new Date(moment)
  const day = `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())}`
  return `${day}T${two(when.getHours())}:${two(when.getMinutes())}`
}

export const fromLocal = (text: string): string => new Date(text).toISOString()
