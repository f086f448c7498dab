import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook, waitFor } from '@testing-library/react'
import type { ReactNode } from 'react'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Conversation } from '@/api/conversations'
import { answerBy } from '@/test/server'
import { keepDraft, readDraft } from './drafts'
import { useComposer } from './use-composer'

const THREAD = { id: 7, phone: '+12025550101', is_suppressed: false } as Conversation

/** What the server answers to each call, in order. */
let answers: ((response: Response) => void)[]

beforeEach(() => {
  answers = []
  answerBy(() => new Promise((resolve) => answers.push(resolve)))
  keepDraft(7, { mode: 'reply', reply: '', note: '' })
})

function composer() {
  const client = new QueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={client}>{children}</QueryClientProvider>
  )
  return renderHook(() => useComposer(THREAD), { wrapper })
}

const refusal = () => Response.json({ title: 'Too busy', detail: 'Later.' }, { status: 503 })

async function send(hook: ReturnType<typeof composer>, text: string) {
  act(() => hook.result.current.type(text))
  act(() => hook.result.current.send())
  await waitFor(() => expect(answers.length).toBeGreaterThan(0))
}

describe('useComposer', () => {
  it('gives back what could not be sent although another thread is looked at by then', async () => {
    const hook = composer()
    await send(hook, 'Is Tuesday fine?')
    expect(readDraft(7).reply).toBe('')
    hook.unmount()
    answers[0]?.(refusal())
    await waitFor(() => expect(readDraft(7).reply).toBe('Is Tuesday fine?'))
    expect(composer().result.current.body).toBe('Is Tuesday fine?')
  })

  it('gives back the first of two texts when it alone fails', async () => {
    const hook = composer()
    await send(hook, 'one')
    await send(hook, 'two')
    await waitFor(() => expect(answers).toHaveLength(2))
    answers[1]?.(Response.json({ id: 2 }))
    answers[0]?.(refusal())
    await waitFor(() => expect(hook.result.current.body).toBe('one'))
    expect(hook.result.current.problem?.title).toBe('Too busy')
  })

  it('leaves a note that is written while the agent drafts a reply', async () => {
    const hook = composer()
    act(() => hook.result.current.suggest())
    await waitFor(() => expect(answers).toHaveLength(1))
    act(() => hook.result.current.setMode('note'))
    act(() => hook.result.current.type('call her'))
    answers[0]?.(
      Response.json({ text: 'Hello!', reason: '', model: null, input_tokens: 0, output_tokens: 0, cost: '0' }),
    )
    await waitFor(() => expect(readDraft(7).reply).toBe('Hello!'))
    expect(hook.result.current).toMatchObject({ mode: 'note', body: 'call her' })
  })
})
