import { describe, expect, it } from 'vitest'
import type { PreviewColumn } from '@/api/imports'
import {
  attributeOf,
  clashes,
  customFields,
  formatBytes,
  headOf,
  type Moment,
  optionsOf,
  progressOf,
  remember,
  sampleVerdict,
  troubledCells,
} from './importing'

const column = (name: string, target: string | null): PreviewColumn => ({ name, target, by: 'name', samples: [] })
const COLUMNS = [column('Name', 'name'), column('Handy', 'phone'), column('Points', 'score'), column('Fax', null)]
const row = (verdict: string, reason: string) => ({ line: 2, cells: [], verdict, reason, lead: null })

describe('the mapping', () => {
  it('knows two choices for one field, but lets several phones be', () => {
    expect(clashes({ A: 'email', B: 'phone', C: 'phone', D: null, E: null })).toEqual({})
    const problems = clashes({ A: 'email', B: 'email' })
    expect(Object.keys(problems)).toEqual(['B'])
    expect(problems.B).toContain('“A” fills E-mail')
  })

  it('names custom fields as the API takes them', () => {
    expect(attributeOf('Roof area (sq ft)')).toBe('attributes.roof_area_sq_ft')
    expect(attributeOf('Größe')).toBe('attributes.große')
    expect(attributeOf('!')).toBe('attributes.column')
  })

  it('sends only what was decided', () => {
    expect(optionsOf({ list_name: '', default_region: 'US' }, {})).toEqual({ default_region: 'US' })
    expect(optionsOf({}, { Fax: null })).toEqual({ columns: { Fax: null } })
  })
})

describe('the sample', () => {
  it('marks the cells that are the reason', () => {
    expect(troubledCells(row('rejected', 'phone: it is too short'), COLUMNS)).toEqual(new Set([1]))
    expect(troubledCells(row('ok, without some values', 'score is not a number from 0 to 100'), COLUMNS)).toEqual(
      new Set([2]),
    )
    expect(troubledCells(row('rejected', 'neither phone nor e-mail'), COLUMNS)).toEqual(new Set([1]))
    expect(troubledCells(row('ok', ''), COLUMNS)).toEqual(new Set())
  })

  it('is summed up', () => {
    const preview = { rows: [row('ok', ''), row('rejected', 'x')] }
    expect(sampleVerdict(preview)).toBe('1 of the first 2 rows become leads; 1 would be rejected')
  })

  it('is the beginning of a large file, cut after a line', async () => {
    const file = new File(['a,b\n1,2\n3,4444444'], 'x.csv')
    expect(await (await headOf(file, 10)).text()).toBe('a,b\n1,2\n')
    expect(await headOf(file, 1000)).toBe(file)
    const book = new File(['x'.repeat(20)], 'x.xlsx')
    expect(await headOf(book, 10)).toBe(book)
  })
})

describe('progress', () => {
  const report = { status: 'processing' as const, done_bytes: 500, total_bytes: 1000 }

  it('has no rate before the second moment', () => {
    expect(progressOf(report, [])).toEqual({ percent: 50, rate: null, secondsLeft: null })
  })

  it('tells rate and time left from the latest seconds', () => {
    const moments = [
      { at: 0, rows: 0, bytes: 0 },
      { at: 16_000, rows: 10, bytes: 100 },
      { at: 20_000, rows: 90, bytes: 500 },
    ].reduce<Moment[]>(remember, [])
    expect(moments).toHaveLength(2)
    expect(progressOf(report, moments)).toEqual({ percent: 50, rate: 20, secondsLeft: 5 })
  })

  it('is full at the end, and begins anew where an import does', () => {
    expect(progressOf({ ...report, status: 'completed' }, []).percent).toBe(100)
    expect(remember([{ at: 1, rows: 90, bytes: 9 }], { at: 2, rows: 0, bytes: 0 })).toHaveLength(1)
  })
})

it('lists custom fields, whatever the report holds', () => {
  expect(customFields({ columns: [{ target: 'attributes.plan' }, { target: 'phone' }, null] })).toEqual(['plan'])
  expect(customFields({})).toEqual([])
})

it('writes sizes', () => {
  expect([0, 900, 1536, 5 * 1024 * 1024, 30 * 1024 ** 3].map(formatBytes)).toEqual([
    '0 B',
    '900 B',
    '1.5 KB',
    '5.0 MB',
    '30 GB',
  ])
})
