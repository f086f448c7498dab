import { expect, it } from 'vitest'
import { leadsSearch } from './search'

it('takes digits as words, as a link by hand has them, and leaves out what makes no sense', () => {
  expect(leadsSearch.parse({ search: 123 }).search).toBe('123')
  expect(leadsSearch.parse({ search: 'Ada' }).search).toBe('Ada')
  expect(leadsSearch.parse({ search: { a: 1 } }).search).toBeUndefined()
  expect(leadsSearch.parse({ search: 'x'.repeat(201) }).search).toBeUndefined()
  expect(leadsSearch.parse({})).toEqual({})
})
