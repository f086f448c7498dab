/** Ways of lines around the steps that stand between their ends. All measures are pixels of the canvas. */
import type { GraphNode } from './graph'
import { edgeId, heightOf, type Point, widthOf } from './layout'
import { ERROR } from './outcomes'

export interface Box extends Point {
  width: number
  height: number
}

export interface Line {
  id: string
  source: string
  target: string
  from: Point
  to: Point
}

/** How far a line that leads back goes on before it turns. */
export const TURN = 24
/** Room between a line and the step that it passes. */
const BESIDE = 26
/** A line that comes closer to a step passes behind it. */
const MARGIN = 6
const APART = 12
const PIECES = 16
/** A step that is crossed is worse than any detour. */
const CROSSED = 100_000

export const boxOf = (node: GraphNode, at: Point): Box => ({ ...at, width: widthOf(node), height: heightOf(node) })

/** Where the lines of an outcome begin. */
export function exitOf(node: GraphNode, box: Box, handle: string): Point {
  if (handle === ERROR && !node.outcomes.some(({ name }) => name === ERROR))
    return { x: box.x + box.width, y: box.y + box.height / 2 }
  const at = node.outcomes.findIndex(({ name }) => name === handle)
  const share = at < 0 ? 0.5 : (at + 0.5) / node.outcomes.length
  return { x: box.x + share * box.width, y: box.y + box.height }
}

export const entryOf = (box: Box): Point => ({ x: box.x + box.width / 2, y: box.y })

export function linesOf(nodes: readonly GraphNode[], boxes: ReadonlyMap<string, Box>): Line[] {
  return nodes.flatMap((node) =>
    node.ways.flatMap(({ handle, target }) => {
      const [from, to] = [boxes.get(node.id), boxes.get(target)]
      if (!from || !to) return []
      const id = edgeId(node.id, handle, target)
      return [{ id, source: node.id, target, from: exitOf(node, from, handle), to: entryOf(to) }]
    }),
  )
}

export const leadsBack = (from: Point, to: Point): boolean => to.y < from.y

/** The corners of a line that leads back up: down, beside everything, and in from above. */
export const cornersBack = (from: Point, bends: readonly Point[], to: Point): Point[] => [
  from,
  { x: from.x, y: from.y + TURN },
  ...bends,
  { x: to.x, y: to.y - TURN },
  to,
]

/**
 * What lines pass between their ends so that they cross no step; lines that can go straight have no entry.
 *
 * @param planned ways that a layout found; they are taken where they still cross nothing
 */
export function routes(
  boxes: ReadonlyMap<string, Box>,
  lines: readonly Line[],
  planned: ReadonlyMap<string, Point[]>,
): Map<string, Point[]> {
  const found = new Map<string, Point[]>()
  for (const line of lines) {
    const bends = routeOf(line, boxes, planned.get(line.id) ?? [], [...found.values()])
    if (bends.length > 0) found.set(line.id, bends)
  }
  return found
}

function routeOf(line: Line, boxes: ReadonlyMap<string, Box>, planned: Point[], others: Point[][]): Point[] {
  const isBack = leadsBack(line.from, line.to)
  const drawn = (bends: Point[]): Point[] =>
    isBack ? cornersBack(line.from, bends, line.to) : curved([line.from, ...bends, line.to])
  // Only those at its height can be in the way; where it leads back, its own ends are.
  const [top, bottom] = isBack ? [line.to.y - TURN, line.from.y + TURN] : [line.from.y, line.to.y]
  const near = [...boxes]
    .filter(([id]) => isBack || (id !== line.source && id !== line.target))
    .map(([, box]) => box)
    .filter((box) => box.y < bottom && box.y + box.height > top)
  const crossedBy = (bends: Point[]) => {
    const points = drawn(bends)
    return near.filter((box) => isCrossed(points, box))
  }
  const crossed = (bends: Point[]) => crossedBy(bends).length
  if (!isBack) {
    const straight = crossedBy([])
    if (planned.length > 0 && crossed(planned) === 0) return planned
    if (straight.length === 0) return []
    const best = bestOf(candidates(line, near, straight), crossed, line, others)
    return best && crossed(best) < straight.length ? best : []
  }
  return bestOf(candidates(line, near, []), crossed, line, others) ?? []
}

/** Straight down beside one of the boxes, as long as what is passed; a line back passes all. */
function candidates(line: Line, near: Box[], passed: Box[]): Point[][] {
  const isBack = leadsBack(line.from, line.to)
  const first = isBack
    ? line.from.y + TURN
    : Math.max(line.from.y + TURN, Math.min(...passed.map((box) => box.y)) - BESIDE)
  const last = isBack
    ? line.to.y - TURN
    : Math.max(first, Math.min(line.to.y - TURN, Math.max(...passed.map((box) => box.y + box.height)) + BESIDE))
  const columns = new Set(near.flatMap((box) => [box.x - BESIDE, box.x + box.width + BESIDE]))
  const detour = (x: number) => Math.abs(x - line.from.x) + Math.abs(x - line.to.x)
  // The shortest first: the first that crosses nothing is taken.
  return [...columns]
    .toSorted((one, other) => detour(one) - detour(other))
    .map((x) => [
      { x, y: first },
      { x, y: last },
    ])
}

function bestOf(
  ways: Point[][],
  crossed: (bends: Point[]) => number,
  { from, to }: Line,
  others: Point[][],
): Point[] | undefined {
  let best: Point[] | undefined
  let least = Number.POSITIVE_INFINITY
  for (const way of ways) {
    const bends = besides(way, others, from)
    const x = bends[0]?.x ?? 0
    const detour = Math.abs(x - from.x) + Math.abs(x - to.x)
    if (detour >= least) continue
    const cost = crossed(bends) * CROSSED + detour
    if (cost < least) [best, least] = [bends, cost]
    if (least < CROSSED) break
  }
  return best
}

/** Moved aside until no other line runs in the same place. */
function besides(bends: Point[], others: Point[][], from: Point): Point[] {
  const [first, last] = bends
  if (!first || !last) return bends
  const [top, bottom] = [Math.min(first.y, last.y), Math.max(first.y, last.y)]
  const taken = others.filter((other) => {
    const ys = other.map(({ y }) => y)
    return Math.min(...ys) < bottom && Math.max(...ys) > top
  })
  const step = first.x < from.x ? -APART : APART
  let { x } = first
  while (taken.some((other) => other.some((point) => Math.abs(point.x - x) < APART))) x += step
  return bends.map(({ y }) => ({ x, y }))
}

/** Points along lines that leave and enter each of these straight downwards. */
function curved(points: Point[]): Point[] {
  return points.slice(1).flatMap((to, index) => {
    const from = points[index] ?? to
    return Array.from({ length: PIECES + 1 }, (_, piece) => {
      const at = piece / PIECES
      const rest = 1 - at
      // Both control points lie at half the height, each below or above its end.
      const x = from.x * (rest ** 3 + 3 * rest ** 2 * at) + to.x * (3 * rest * at ** 2 + at ** 3)
      const y = from.y * rest ** 3 + ((from.y + to.y) / 2) * 3 * at * rest * (rest + at) + to.y * at ** 3
      return { x, y }
    })
  })
}

function isCrossed(points: Point[], box: Box): boolean {
  const [left, right] = [box.x - MARGIN, box.x + box.width + MARGIN]
  const [top, bottom] = [box.y - MARGIN, box.y + box.height + MARGIN]
  return points.slice(1).some((to, index) => {
    const from = points[index] ?? to
    return (
      Math.min(from.x, to.x) < right &&
      Math.max(from.x, to.x) > left &&
      Math.min(from.y, to.y) < bottom &&
      Math.max(from.y, to.y) > top
    )
  })
}

const CORNER = 10

/** Straight lines with rounded corners. */
export function roundedThrough(points: readonly Point[]): string {
  const [start] = points
  if (!start) return ''
  let path = `M${start.x},${start.y}`
  for (let at = 1; at < points.length; at++) {
    const [before, here, next] = [points[at - 1], points[at], points[at + 1]]
    if (!before || !here) continue
    if (!next) {
      path += `L${here.x},${here.y}`
      continue
    }
    const into = towards(here, before)
    const out = towards(here, next)
    path += `L${into.x},${into.y}Q${here.x},${here.y} ${out.x},${out.y}`
  }
  return path
}

/** A little way from one point towards another. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const part = length === 0 ? 0 : Math.min(CORNER, length / 2) / length
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }
}
