import { humanize } from '@/lib/format'

/** What a parameter is called: its title, unless that was made of its name by putting every word in capitals. */
export function labelOf(name: string, title: string | undefined): string {
  const plain = humanize(name)
  return !title || title.toLowerCase() === plain.toLowerCase() ? plain : title
}
