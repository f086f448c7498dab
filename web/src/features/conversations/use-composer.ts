import { useState } from 'react'
import { ApiProblem } from '@/api/client'
import { type Conversation, type Suggestion, useAddNote, useSuggestion, useWriteMessage } from '@/api/conversations'
import { toast } from '@/lib/toast'
import { blockOf, MOST_CHARACTERS } from './composing'
import { type Draft, keepDraft, type Mode, readDraft } from './drafts'

/** What is being written in a thread: kept as a draft at every key, restored when sending fails. */
export function useComposer(thread: Conversation) {
  const { id } = thread
  const [draft, setDraft] = useState<Draft>(() => readDraft(id))
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [suggestion, setSuggestion] = useState<Suggestion | null>(null)
  const writing = useWriteMessage(id)
  const noting = useAddNote(id)
  const suggesting = useSuggestion(id)
  const { mode } = draft
  const body = draft[mode]

  const change = (changes: Partial<Draft>) =>
    setDraft((before) => {
      const after = { ...before, ...changes }
      keepDraft(id, after)
      return after
    })
  const type = (text: string) => {
    change({ [mode]: text })
    setProblem(null)
    if (!text && mode === 'reply') setSuggestion(null)
  }
  /** What could not be sent comes back, before what was typed meanwhile. The composer may be gone by then. */
  const giveBack = (sent: Mode, text: string) => (error: unknown) => {
    const now = readDraft(id)
    change({ ...now, mode: sent, [sent]: [text, now[sent]].filter(Boolean).join('\n') })
    setProblem(
      error instanceof ApiProblem ? error : new ApiProblem(0, 'It could not be sent', String(error), 'Try again.'),
    )
  }
  const block = mode === 'reply' ? blockOf(thread) : null
  const canSend = body.trim() !== '' && body.length <= MOST_CHARACTERS[mode] && !block
  const send = () => {
    if (!canSend) return
    change({ [mode]: '' })
    setProblem(null)
    setSuggestion(null)
    const text = body.trim()
    if (mode === 'note') noting.mutate(text, { onError: giveBack(mode, text) })
    else writing.mutate({ body: text, at: new Date().toISOString() }, { onError: giveBack(mode, text) })
  }
  const suggest = () => {
    setProblem(null)
    suggesting.mutate(undefined, {
      onSuccess: (answer) => {
        setSuggestion(answer)
        if (!answer.text) return
        const before = readDraft(id).reply
        change({ mode: 'reply', reply: answer.text })
        if (before.trim())
          toast('The suggestion replaced what you had typed', {
            action: { label: 'Undo', onClick: () => change({ reply: before }) },
          })
      },
      onError: (error) => setProblem(error instanceof ApiProblem ? error : null),
    })
  }
  const setMode = (next: Mode) => {
    change({ mode: next })
    setProblem(null)
  }
  return { mode, setMode, body, type, send, canSend, block, problem, suggest, suggestion, suggesting }
}

export type Composing = ReturnType<typeof useComposer>
