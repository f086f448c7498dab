import { fireEvent, render, screen } from '@testing-library/react'
import { useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { Combobox, type Options } from './combobox'
import { choicesFor } from './combobox-choices'

const PLACES: Options = {
  items: [
    { value: '1', label: 'North office' },
    { value: '2', label: 'South office' },
    { value: '3', label: 'North depot' },
  ],
  state: 'known',
  retry: () => {},
  takesOwn: false,
}

function Field({
  options = PLACES,
  first = '',
  told = () => {},
}: {
  options?: Options
  first?: string
  told?: (value: string) => void
}) {
  const [value, setValue] = useState(first)
  return (
    <Combobox
      aria-label="Place"
      options={options}
      value={value}
      canClear
      onChange={(next) => {
        setValue(next)
        told(next)
      }}
    />
  )
}

const field = () => screen.getByRole<HTMLInputElement>('combobox', { name: 'Place' })
const offered = () => screen.getAllByRole('option').map((option) => option.textContent)

describe('choicesFor', () => {
  it('finds by any of the words, in any order', () => {
    expect(choicesFor(PLACES, 'off nor').map((one) => one.value)).toEqual(['1'])
    expect(choicesFor(PLACES, '', ['1']).map((one) => one.value)).toEqual(['2', '3'])
  })
  it('offers own words only where they can be, and never one that is there', () => {
    const own = { ...PLACES, takesOwn: true }
    expect(choicesFor(PLACES, 'barn')).toEqual([])
    expect(choicesFor(own, ' barn ')).toEqual([{ value: 'barn', label: 'barn', isOwn: true }])
    expect(choicesFor(own, 'north OFFICE').map((one) => one.value)).toEqual(['1'])
    expect(choicesFor({ ...PLACES, items: [], state: 'failed' }, 'barn')).toHaveLength(1)
  })
})

describe('Combobox', () => {
  it('takes the one that is walked to', () => {
    const told = vi.fn()
    render(<Field told={told} />)
    fireEvent.change(field(), { target: { value: 'north' } })
    expect(offered()).toEqual(['North office', 'North depot'])
    fireEvent.keyDown(field(), { key: 'ArrowDown' })
    fireEvent.keyDown(field(), { key: 'Enter' })
    expect(told).toHaveBeenCalledExactlyOnceWith('3')
    expect(field().value).toBe('North depot')
    expect(screen.queryByRole('listbox')).toBeNull()
  })
  it('keeps what was chosen when somebody thinks better of it', () => {
    const told = vi.fn()
    render(<Field first="2" told={told} />)
    fireEvent.change(field(), { target: { value: 'nor' } })
    fireEvent.keyDown(field(), { key: 'Escape' })
    expect(field().value).toBe('South office')
    fireEvent.change(field(), { target: { value: 'nowhere' } })
    fireEvent.blur(field())
    expect([field().value, told.mock.calls]).toEqual(['South office', []])
  })
  it('takes own words when the field is left, where it takes them', () => {
    const told = vi.fn()
    render(<Field options={{ ...PLACES, takesOwn: true }} told={told} />)
    fireEvent.change(field(), { target: { value: 'The barn' } })
    fireEvent.blur(field())
    expect(told).toHaveBeenCalledExactlyOnceWith('The barn')
  })
  it('says that something is gone, and takes it away', () => {
    const told = vi.fn()
    render(<Field first="9" told={told} />)
    expect(field().value).toBe('9 (not there)')
    fireEvent.click(screen.getByRole('button', { name: 'Choose nothing instead of 9' }))
    expect(told).toHaveBeenCalledExactlyOnceWith('')
  })
  it('says why there is nothing to choose', () => {
    const retry = vi.fn()
    const { rerender } = render(<Field options={{ ...PLACES, items: [], state: 'loading' }} />)
    fireEvent.click(field())
    expect(screen.getByText('Being loaded …')).toBeTruthy()
    rerender(<Field options={{ ...PLACES, items: [], state: 'failed', retry }} />)
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }))
    expect(retry).toHaveBeenCalledOnce()
    rerender(<Field options={{ ...PLACES, items: [] }} />)
    expect(screen.getByText('There are none yet.')).toBeTruthy()
  })
})
