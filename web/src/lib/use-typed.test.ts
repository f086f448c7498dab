import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useTyped } from './use-typed'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const onRest = vi.fn()
function field() {
  onRest.mockReset()
  const hook = renderHook(({ value }) => useTyped(value, onRest), { initialProps: { value: '' } })
  const type = (text: string) => act(() => hook.result.current[1](text))
  const rest = () => act(() => void vi.advanceTimersByTime(250))
  return { ...hook, type, rest, shown: () => hook.result.current[0] }
}

it('keeps what is typed while what was handed on comes back', () => {
  const { type, rest, rerender, shown } = field()
  type('ab')
  rest()
  expect(onRest).toHaveBeenCalledExactlyOnceWith('ab')
  type('abc')
  rerender({ value: 'ab' })
  expect(shown()).toBe('abc')
  rest()
  expect(onRest).toHaveBeenLastCalledWith('abc')
})

it('keeps a space between two words in a pause', () => {
  const { type, rest, rerender, shown } = field()
  type('Ada ')
  rest()
  rerender({ value: 'Ada' })
  expect(shown()).toBe('Ada ')
})

it('shows what comes from elsewhere, as by Back', () => {
  const { rerender, rest, shown } = field()
  rerender({ value: 'saved view' })
  expect(shown()).toBe('saved view')
  rest()
  expect(onRest).not.toHaveBeenCalled()
})
