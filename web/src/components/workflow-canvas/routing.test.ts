import { describe, expect, it } from 'vitest'
import { type Box, type Line, roundedThrough, routes } from './routing'

const box = (x: number, y: number): Box => ({ x, y, width: 200, height: 80 })
const line = (from: Box, to: Box, names: [string, string] = ['a', 'c']): Line => ({
  id: names.join(' '),
  source: names[0],
  target: names[1],
  from: { x: from.x + 100, y: from.y + 80 },
  to: { x: to.x + 100, y: to.y },
})
const [A, B, C] = [box(0, 0), box(0, 200), box(0, 400)]
const NOTHING = new Map()
const boxes = (found: Record<string, Box>) => new Map(Object.entries(found))

describe('routes', () => {
  it('leaves a line straight that meets nothing', () => {
    expect(routes(boxes({ a: A, c: C }), [line(A, C)], NOTHING).size).toBe(0)
    expect(routes(boxes({ a: A, b: box(600, 200), c: C }), [line(A, C)], NOTHING).size).toBe(0)
  })
  it('leads a line beside the step between, on the nearer side', () => {
    const shifted = { ...B, x: 60 }
    const bends = routes(boxes({ a: A, b: shifted, c: C }), [line(A, C)], NOTHING).get('a c') ?? []
    expect(bends).toHaveLength(2)
    expect(bends.every(({ x }) => x < shifted.x)).toBe(true)
    const [first, last] = bends
    expect([(first?.y ?? 0) <= shifted.y, (last?.y ?? 0) >= shifted.y + shifted.height]).toEqual([true, true])
  })
  it('takes the way of the layout while that is free', () => {
    const planned = new Map([
      [
        'a c',
        [
          { x: 300, y: 190 },
          { x: 300, y: 300 },
        ],
      ],
    ])
    expect(routes(boxes({ a: A, b: B, c: C }), [line(A, C)], planned)).toEqual(planned)
    const moved = boxes({ a: A, b: B, c: C, d: box(250, 200) })
    expect(routes(moved, [line(A, C)], planned).get('a c')?.[0]?.x).not.toBe(300)
  })
  it('leads a line back up beside all that it passes, its own ends too', () => {
    const back = { ...line(C, A, ['c', 'a']), from: { x: 100, y: 480 }, to: { x: 100, y: 0 } }
    const bends = routes(boxes({ a: A, b: { ...B, width: 300 }, c: C }), [back], NOTHING).get('c a') ?? []
    expect(bends.map(({ y }) => y)).toEqual([504, -24])
    expect(bends.every(({ x }) => x < 0 || x > 300)).toBe(true)
  })
  it('keeps lines apart', () => {
    const other = { ...line(A, C), id: 'other' }
    const found = [...routes(boxes({ a: A, b: B, c: C }), [line(A, C), other], NOTHING).values()]
    expect(found[0]?.[0]?.x).not.toBe(found[1]?.[0]?.x)
  })
})

it('rounds corners', () => {
  expect(
    roundedThrough([
      { x: 0, y: 0 },
      { x: 0, y: 40 },
      { x: 40, y: 40 },
    ]),
  ).toBe('M0,0L0,30Q0,40 10,40L40,40')
})
