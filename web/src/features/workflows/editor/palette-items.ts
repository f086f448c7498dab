import type { NodeSpecification } from '@/api/workflows'
import { NOTE } from '@/components/workflow-canvas/outcomes'
import { humanize } from '@/lib/format'

/** What a dragged entry of the palette carries. */
export const DRAGGED = 'application/x-outrider-step'

export interface PaletteItem {
  type: string
  label: string
  icon: string
  description: string
  unavailable: string
}

export interface PaletteGroup {
  name: string
  items: PaletteItem[]
}

/** As a workflow is thought up. */
const CATEGORIES: NodeSpecification['category'][] = [
  'start & end',
  'message',
  'timing',
  'logic',
  'agents',
  'people',
  'data',
  'integrations',
]

/** The library by categories; entries whose words match. */
export function paletteOf(specifications: NodeSpecification[], words: string): PaletteGroup[] {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const groups = new Map<string, PaletteItem[]>()
  const place = (one: NodeSpecification) => (one.type === NOTE ? CATEGORIES.length : CATEGORIES.indexOf(one.category))
  for (const one of specifications.toSorted((one, other) => place(one) - place(other))) {
    const name = one.type === NOTE ? 'On the canvas' : humanize(one.category)
    groups.set(name, [...(groups.get(name) ?? []), one])
  }
  return [...groups]
    .map(([name, items]) => ({
      name,
      items: items.filter((item) => {
        const text = `${item.label} ${item.type} ${name} ${item.description}`.toLowerCase()
        return wanted.every((word) => text.includes(word))
      }),
    }))
    .filter((group) => group.items.length > 0)
}
