import { render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { CopyButton } from './copy-button'

const error = vi.hoisted(() => vi.fn())
vi.mock('sonner', () => ({ toast: { error } }))

it('says so where the browser lets nothing be copied', async () => {
  expect(navigator.clipboard).toBeUndefined()
  render(<CopyButton text="x" />)
  screen.getByRole('button').click()
  await vi.waitFor(() => expect(error).toHaveBeenCalledWith('This page may not copy', expect.anything()))
  expect(screen.getByRole('button').textContent).toContain('Copy')
})
