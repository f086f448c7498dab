/** The order in which the table showed leads, so that their pages lead to the next and the previous one. */
const KEY = 'outrider.leads.walk'
/** Enough for an afternoon's work; a million would fill the browser's storage. */
const MOST = 1000

export interface Walk {
  ids: number[]
  /** The address of the table, to go back to. */
  search: Record<string, unknown>
}

/** The part of a long row of ids that lies around one of them. */
export function around(ids: number[], id: number, most = MOST): number[] {
  const start = Math.max(0, Math.min(ids.indexOf(id) - most / 2, ids.length - most))
  return ids.slice(start, start + most)
}

export function rememberWalk(walk: Walk, id: number): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ ...walk, ids: around(walk.ids, id) }))
  } catch (error) {
    console.warn('the order of the table is not remembered', error)
  }
}

export function readWalk(): Walk | null {
  try {
    const text = sessionStorage.getItem(KEY)
    return text === null ? null : (JSON.parse(text) as Walk)
  } catch {
    return null
  }
}

/** Who comes before and after; nobody where the lead was not among them. */
export function neighbours(ids: number[], id: number): { previous?: number; next?: number; place?: number } {
  const place = ids.indexOf(id)
  if (place < 0) return {}
  const [previous, next] = [ids[place - 1], ids[place + 1]]
  return { place, ...(previous !== undefined && { previous }), ...(next !== undefined && { next }) }
}
