import { describe, expect, it } from 'vitest'
import { leadsSearch } from '@/features/search'
import { chipsOf, exportUrl, filterOf, isUnfiltered, onlySort, toggled, valuesOf, without, withValues } from './filters'

const everything = {
  search: ' ann ',
  list_id: 3,
  tier: ['A', 'Z'],
  score_min: -4,
  score_max: 90.4,
  industry: ['Solar', 'Legal', 'Dental'],
  company: 'Acme',
  country: 'US',
  region: ['CA'],
  source: ['web form'],
  has_phone: true,
  has_email: false,
  consent: 'sms',
  import_id: 5,
  created_from: '2026-11-01',
  created_to: '2026-11-02',
  attribute: ['plan:gold', 'nonsense'],
  sort: '-score',
}

describe('the filter of an address', () => {
  it('takes what makes sense and leaves out the rest', () => {
    const filter = filterOf(everything)
    expect(filter.search).toBe('ann')
    expect(filter.tier).toEqual(['A'])
    expect([filter.score_min, filter.score_max]).toEqual([0, 90])
    expect(filter.attribute).toEqual(['plan:gold'])
    expect(filter).not.toHaveProperty('sort')
  })

  it('includes both days of a period, as they begin here', () => {
    const { created_from, created_to } = filterOf(everything)
    expect(new Date(created_from ?? 0).getHours()).toBe(0)
    const hours = (Date.parse(created_to ?? '') - Date.parse(created_from ?? '')) / 3_600_000
    expect(hours).toBe(48)
    expect(filterOf({ created_from: 'soon' })).toEqual({})
  })

  it('is empty without any', () => {
    expect(filterOf({ sort: 'name', search: ' ', tier: [] })).toEqual({})
    expect(isUnfiltered({ sort: 'name' })).toBe(true)
    expect(isUnfiltered({ has_phone: false })).toBe(false)
  })

  it('survives the address', () => {
    const parsed = leadsSearch.parse({ ...everything, list_id: '3', has_phone: 'perhaps' })
    expect(parsed.list_id).toBe(3)
    expect(parsed.has_phone).toBeUndefined()
  })
})

describe('chips', () => {
  it('say every filter in words', () => {
    const chips = chipsOf(everything, { list: () => 'Spring', importFile: () => 'may.csv' })
    const words = Object.fromEntries(chips.map((chip) => [chip.key, chip.value]))
    expect(words).toEqual({
      tier: 'A, Z',
      score: '-4 – 90.4',
      industry: 'Solar, Legal +1',
      company: 'Acme',
      country: 'US',
      region: 'CA',
      source: 'web form',
      has_phone: 'is there',
      has_email: 'is missing',
      consent: 'Texts',
      list_id: 'Spring',
      import_id: 'may.csv',
      created: '2026-11-01 – 2026-11-02',
      attribute: 'plan = gold, nonsense',
    })
  })

  it('are lifted with all their parameters', () => {
    expect(without('score')).toEqual({ score_min: undefined, score_max: undefined })
    const lifted = chipsOf({ ...everything, ...without('created') })
    expect(lifted.map((chip) => chip.key)).not.toContain('created')
    expect(onlySort(everything)).toEqual({ sort: '-score' })
  })
})

it('toggles values', () => {
  expect(toggled(undefined, 'A')).toEqual(['A'])
  expect(toggled(['A', 'B'], 'A')).toEqual(['B'])
  expect(toggled(['A'], 'A')).toBeUndefined()
})

it('exports what the filter matches', () => {
  expect(exportUrl({})).toBe('/api/leads/export.csv')
  expect(exportUrl({ tier: ['A', 'B'], has_phone: true })).toBe('/api/leads/export.csv?tier=A&tier=B&has_phone=true')
})

describe('a filter of the API as it is edited', () => {
  it('comes back as it was', () => {
    const { sort: _, ...filter } = { ...filterOf(everything), sort: undefined }
    expect(filterOf(valuesOf(filter))).toEqual(filter)
    expect(valuesOf(filter)).toMatchObject({ created_from: '2026-11-01', created_to: '2026-11-02' })
  })

  it('changes only in what was edited', () => {
    const filter = { created_from: '2026-11-01T13:30:00.000Z', tier: ['A' as const] }
    expect(withValues(filter, { tier: ['B'], country: 'US' })).toEqual({ ...filter, tier: ['B'], country: 'US' })
    expect(withValues(filter, without('created'))).toEqual({
      tier: ['A'],
      created_from: undefined,
      created_to: undefined,
    })
  })

  it('has no part that says nothing', () => {
    expect(valuesOf({ search: null, tier: ['A'] })).toEqual({ tier: ['A'] })
  })
})
