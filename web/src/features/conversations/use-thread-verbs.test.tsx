import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import type { ReactNode } from 'react'
import { expect, it, vi } from 'vitest'
import type { Conversation } from '@/api/conversations'
import { toast } from '@/lib/toast'
import { answerBy } from '@/test/server'
import { useThreadVerbs } from './use-thread-verbs'

it('tells that a thread could not be resolved although the next one is open by then', async () => {
  const told = vi.spyOn(toast, 'error')
  let refuse = () => {}
  const asked = vi.fn()
  answerBy(
    () =>
      new Promise((resolve) => {
        asked()
        refuse = () => resolve(Response.json({ title: 'Too busy', detail: 'Later.' }, { status: 503 }))
      }),
  )
  const client = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  )
  const onPutAway = vi.fn()
  const thread = { id: 7, status: 'open', lead_name: 'Ada' } as Conversation
  const hook = renderHook(() => useThreadVerbs({ thread, me: 'me', onPutAway, onUnread: () => {} }), { wrapper })
  act(() => hook.result.current.toggleResolved())
  await vi.waitFor(() => expect(asked).toHaveBeenCalled())
  hook.unmount()
  refuse()
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith('Too busy', expect.anything()))
  expect(onPutAway).not.toHaveBeenCalled()
})
