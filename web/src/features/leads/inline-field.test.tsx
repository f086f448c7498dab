import { fireEvent, render, screen, waitFor } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { ApiProblem } from '@/api/client'
import { InlineField } from './inline-field'

const refusal = new ApiProblem(
  409,
  'Changed',
  '',
  '',
  [{ field: 'body.company', problem: 'was changed' }],
  'urn:outrider:problem:lead-edited-meanwhile',
  3,
)

function edited(onSave: (text: string, version: number) => Promise<unknown>) {
  const field = (text: string, version: number) => (
    <InlineField label="Company" field="company" text={text} version={version} onSave={onSave} />
  )
  const { rerender } = render(field('Acme', 1))
  fireEvent.click(screen.getByRole('button'))
  fireEvent.change(screen.getByRole('textbox'), { target: { value: 'Mine' } })
  // News of their change arrives while one types.
  rerender(field('Theirs', 3))
  expect(screen.getByRole('textbox')).toHaveProperty('value', 'Mine')
  fireEvent.keyDown(screen.getByRole('textbox'), { key: 'Enter' })
}

describe('a field that somebody else changes meanwhile', () => {
  it('is saved as an edit of what was there when it was opened, and mine can be kept', async () => {
    const onSave = vi.fn().mockRejectedValueOnce(refusal).mockResolvedValue({})
    edited(onSave)
    expect(onSave).toHaveBeenLastCalledWith('Mine', 1)
    expect((await screen.findByRole('alert')).textContent).toContain('Theirs')
    fireEvent.blur(screen.getByRole('textbox'))
    expect(onSave).toHaveBeenCalledTimes(1)
    fireEvent.click(screen.getByRole('button', { name: 'Keep mine' }))
    await waitFor(() => expect(screen.queryByRole('textbox')).toBeNull())
    expect(onSave).toHaveBeenLastCalledWith('Mine', 3)
  })

  it('shows theirs when that is chosen', async () => {
    const onSave = vi.fn().mockRejectedValue(refusal)
    edited(onSave)
    fireEvent.click(await screen.findByRole('button', { name: 'Load theirs' }))
    expect(screen.getByRole('button').textContent).toContain('Theirs')
    expect(onSave).toHaveBeenCalledTimes(1)
  })
})
