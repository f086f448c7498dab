import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { toast, withUndo } from './toast'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('takes the offer to undo away once it is too late', () => {
  const act = vi.fn(async () => {})
  withUndo('1 lead deleted', act)
  expect(toast.getToasts()).toHaveLength(1)
  // The pointer may rest on it: then it does not end by itself.
  vi.advanceTimersByTime(6000)
  expect(act).toHaveBeenCalledOnce()
  expect(toast.getToasts()).toHaveLength(0)
})
