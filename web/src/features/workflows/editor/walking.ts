import type { Doc } from './document'

export type Direction = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'

/** The nearest node that lies in this direction, as the eye would go; connected ones are preferred. */
export function neighbour(doc: Doc, id: string, direction: Direction): string | undefined {
  const from = doc.nodes.find((node) => node.id === id)
  if (!from) return undefined
  const connected = new Set(
    doc.edges.flatMap((edge) => (edge.source === id ? [edge.target] : edge.target === id ? [edge.source] : [])),
  )
  let best: { id: string; distance: number } | undefined
  for (const node of doc.nodes) {
    if (node.id === id) continue
    const across = node.position.x - from.position.x
    const down = node.position.y - from.position.y
    const [ahead, aside] = {
      ArrowUp: [-down, across],
      ArrowDown: [down, across],
      ArrowLeft: [-across, down],
      ArrowRight: [across, down],
    }[direction] as [number, number]
    if (ahead <= 0) continue
    const distance = (ahead + Math.abs(aside) * 2) * (connected.has(node.id) ? 0.5 : 1)
    if (!best || distance < best.distance) best = { id: node.id, distance }
  }
  return best?.id
}
