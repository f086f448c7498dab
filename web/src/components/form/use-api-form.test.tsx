import { act, renderHook } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { z } from 'zod'
import { useApiForm } from './use-api-form'

it('saves once, however often it is submitted meanwhile', async () => {
  let answer = () => {}
  const save = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)))
  const { result } = renderHook(() =>
    useApiForm({ schema: z.object({ name: z.string() }), defaultValues: { name: 'Ada' }, save }),
  )
  await act(async () => {
    const first = result.current.onSubmit()
    const second = result.current.onSubmit()
    await vi.waitFor(() => expect(save).toHaveBeenCalled())
    answer()
    await Promise.all([first, second])
  })
  expect(save).toHaveBeenCalledOnce()
  await act(async () => {
    const third = result.current.onSubmit()
    await vi.waitFor(() => expect(save).toHaveBeenCalledTimes(2))
    answer()
    await third
  })
})
