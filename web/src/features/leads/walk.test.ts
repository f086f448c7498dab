import { expect, it } from 'vitest'
import { around, neighbours, readWalk, rememberWalk } from './walk'

it('knows who comes before and after', () => {
  expect(neighbours([4, 9, 2], 9)).toEqual({ place: 1, previous: 4, next: 2 })
  expect(neighbours([4, 9, 2], 4)).toEqual({ place: 0, next: 9 })
  expect(neighbours([4, 9, 2], 7)).toEqual({})
})

it('keeps the part around the lead that was opened', () => {
  const ids = Array.from({ length: 50 }, (_, index) => index)
  expect(around(ids, 25, 10)).toEqual([20, 21, 22, 23, 24, 25, 26, 27, 28, 29])
  expect(around(ids, 1, 10)[0]).toBe(0)
  expect(around(ids, 49, 10)).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49])
})

it('survives a reload, and a storage that holds something else', () => {
  rememberWalk({ ids: [1, 2], search: { sort: 'name' } }, 2)
  expect(readWalk()).toEqual({ ids: [1, 2], search: { sort: 'name' } })
  sessionStorage.setItem('outrider.leads.walk', '{')
  expect(readWalk()).toBeNull()
})
