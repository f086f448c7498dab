import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { Button } from './button'

it('refuses a second press while it is busy, and keeps the focus', async () => {
  const press = vi.fn()
  const submit = vi.fn((event: { preventDefault: () => void }) => event.preventDefault())
  const form = (isBusy: boolean) => (
    <form onSubmit={submit}>
      <input aria-label="Name" />
      <Button type="submit" isBusy={isBusy} onClick={press}>
        Save
      </Button>
    </form>
  )
  const { rerender } = render(form(false))
  const button = screen.getByRole('button')
  await userEvent.click(button)
  expect([press.mock.calls.length, submit.mock.calls.length]).toEqual([1, 1])
  rerender(form(true))
  expect(button).toHaveFocus()
  expect(button).toBeEnabled()
  expect(button).toHaveAttribute('aria-disabled', 'true')
  await userEvent.keyboard('{Enter} ')
  await userEvent.type(screen.getByRole('textbox'), '{Enter}')
  expect([press.mock.calls.length, submit.mock.calls.length]).toEqual([1, 1])
  rerender(form(false))
  await userEvent.click(button)
  expect(submit).toHaveBeenCalledTimes(2)
})
