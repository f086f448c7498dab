import { humanize } from '@/lib/format'

/** `campaigns.run_chunk` → `Campaigns: run chunk`. */
export function jobTitle(name: string): string {
  const [area = '', ...rest] = name.split('.')
  const what = rest.join(' ').replaceAll('_', ' ')
  return what ? `${humanize(area)}: ${what}` : humanize(area)
}

/** Arguments in one line, for a table. */
export function argumentsLine(given: Record<string, unknown>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name}=${Array.isArray(value) ? `${value.length} items` : JSON.stringify(value)}`)
    .join(', ')
}
