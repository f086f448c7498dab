import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import type { Measure, SplitResult, Variant } from '@/api/runs'
import { MeasureChoice, SplitCard } from './split-card'

const variant = (name: string, more: Partial<Variant>): Variant => ({
  name,
  label: '',
  leads: 100,
  replied: 7,
  qualified: 5,
  booked: 3,
  opted_out: 1,
  rate: 0.01,
  low: 0,
  high: 0.05,
  ...more,
})
const split = (measure: Measure): SplitResult => ({
  node_id: 'ab',
  label: 'Wording',
  measure,
  variants: [variant('a', {}), variant('b', { opted_out: 4 })],
  verdict: { winner: 'a', is_clear: false, text: 'Too early to tell.' },
})

it('shows what the test is judged by, and counts that', () => {
  render(<SplitCard split={split('opted_out')} />)
  screen.getByText('A/B test by who opted out; fewer are better')
  screen.getByRole('columnheader', { name: 'Opted out', hidden: true })
  const rows = screen.getAllByRole('row', { hidden: true }).slice(1)
  expect(rows.map((row) => row.children[2]?.textContent)).toEqual(['1', '4'])
})

it('asks for another measure; the usual one needs no word in the address', () => {
  const onMeasure = vi.fn()
  render(<MeasureChoice measure="booked" onMeasure={onMeasure} />)
  const choice = screen.getByLabelText<HTMLSelectElement>('Judge A/B tests by')
  expect(choice.value).toBe('booked')
  fireEvent.change(choice, { target: { value: 'opted_out' } })
  fireEvent.change(choice, { target: { value: 'replied' } })
  expect(onMeasure.mock.calls).toEqual([['opted_out'], [undefined]])
})
