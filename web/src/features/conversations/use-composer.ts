import { useEffect, useRef, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { type Conversation, type Suggestion, useAddNote, useSuggestion, useWriteMessage } from '@/api/conversations'
import { toast, toastProblem } from '@/lib/toast'
import { blockOf, MOST_CHARACTERS } from './composing'
import { type Draft, keepDraft, type Mode, readDraft, useDraft } from './drafts'

const problemOf = (error: unknown): ApiProblem =>
  error instanceof ApiProblem ? error : new ApiProblem(0, 'It could not be sent', String(error), 'Try again.')

/** What is being written in a thread: kept as a draft at every key, restored when sending fails. */
export function useComposer(thread: Conversation) {
  const { id } = thread
  const draft = useDraft(id)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [suggestion, setSuggestion] = useState<Suggestion | null>(null)
  const writing = useWriteMessage(id)
  const noting = useAddNote(id)
  const suggesting = useSuggestion(id)
  const { mode } = draft
  const body = draft[mode]

  const change = (changes: Partial<Draft>) => keepDraft(id, changes)
  const type = (text: string) => {
    change({ [mode]: text })
    setProblem(null)
    if (!text && mode === 'reply') setSuggestion(null)
  }
  const isShown = useRef(false)
  useEffect(() => {
    isShown.current = true
    return () => {
      isShown.current = false
    }
  }, [])
  /** What could not be sent comes back, before what was typed meanwhile; also when another thread is looked at by then. */
  const giveBack = (sent: Mode, text: string) => (error: unknown) => {
    const now = readDraft(id)
    change({ mode: sent, [sent]: [text, now[sent]].filter(Boolean).join('\n') })
    if (isShown.current) setProblem(problemOf(error))
    else toastProblem(error)
  }
  const block = mode === 'reply' ? blockOf(thread) : null
  const canSend = body.trim() !== '' && body.length <= MOST_CHARACTERS[mode] && !block
  const send = () => {
    if (!canSend) return
    change({ [mode]: '' })
    setProblem(null)
    setSuggestion(null)
    const text = body.trim()
    // By the promise: callbacks of a call are dropped when the composer goes, or sends again before the answer.
    if (mode === 'note') noting.mutateAsync(text).catch(giveBack(mode, text))
    else writing.mutateAsync({ body: text, at: new Date().toISOString() }).catch(giveBack(mode, text))
  }
  const suggest = () => {
    setProblem(null)
    suggesting.mutate(undefined, {
      onSuccess: (answer) => {
        setSuggestion(answer)
        if (!answer.text) return
        const before = readDraft(id).reply
        // Whoever writes a note meanwhile goes on with the note: their next words must not become a text to the lead.
        change({ reply: answer.text })
        if (before.trim())
          toast('The suggestion replaced what you had typed', {
            action: { label: 'Undo', onClick: () => change({ reply: before }) },
          })
      },
      onError: (error) => setProblem(problemOf(error)),
    })
  }
  const setMode = (next: Mode) => {
    change({ mode: next })
    setProblem(null)
  }
  return { mode, setMode, body, type, send, canSend, block, problem, suggest, suggestion, suggesting }
}

export type Composing = ReturnType<typeof useComposer>
