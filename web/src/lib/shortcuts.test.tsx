import { render } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { useShortcuts } from './shortcuts'

const resolve = vi.fn()

function Page() {
  useShortcuts([{ keys: 'e', label: 'Resolve', group: 'Conversation', run: resolve }])
  return (
    <>
      <button type="button">elsewhere</button>
      <input aria-label="field" />
      <div role="menu" tabIndex={-1}>
        <div role="menuitem" tabIndex={-1}>
          Edit
        </div>
      </div>
    </>
  )
}

it('leaves letters to fields and to an open menu', async () => {
  const { getByRole } = render(<Page />)
  getByRole('menuitem').focus()
  await userEvent.keyboard('e')
  getByRole('textbox').focus()
  await userEvent.keyboard('e')
  expect(resolve).not.toHaveBeenCalled()
  getByRole('button').focus()
  await userEvent.keyboard('e')
  expect(resolve).toHaveBeenCalledOnce()
})
