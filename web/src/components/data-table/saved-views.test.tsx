import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { readStored, store } from '@/lib/storage'
import { SavedViews } from './saved-views'

it('keeps what another window saved meanwhile', async () => {
  render(<SavedViews page="test" search={{ tier: ['A'] }} onApply={() => {}} />)
  store('views.test', [{ name: 'theirs', search: {} }])
  await userEvent.click(screen.getByRole('button', { name: 'Views' }))
  await userEvent.type(screen.getByRole('textbox'), 'mine{Enter}')
  expect(readStored<{ name: string }[]>('views.test', []).map((view) => view.name)).toEqual(['theirs', 'mine'])
})
