import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { ApiProblem } from '@/api/client'
import { useSaveDraft } from '@/api/workflow-drafts'
import type { Workflow, WorkflowDefinition } from '@/api/workflows'
import { readStored, store as remember } from '@/lib/storage'
import { type Doc, definitionOf } from './document'
import type { EditorStore } from './store'

const REST_MS = 1200
const RETRY_MS = 6000
const CONFLICT = 409

export type DraftState = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict'

export interface DraftSaver {
  state: DraftState
  problem: ApiProblem | null
  /** Number of the stored draft; publishing names it, so that nobody publishes what they have not seen. */
  revision: () => number
  /** Stores now; false if that failed. */
  save: () => Promise<boolean>
  /** After somebody else stored another draft: this one takes its place. */
  keepMine: () => Promise<boolean>
  /** The document is what the server has, with this revision. */
  taken: (doc: Doc, revision: number) => void
}

interface Kept {
  revision: number
  config: WorkflowDefinition
}

const keyOf = (id: number) => `draft.workflow.${id}`

/** What could not be stored the last time, if it was made of the draft that the server still has. */
export function unsaved(workflow: Workflow): WorkflowDefinition | null {
  const kept = readStored<Kept | null>(keyOf(workflow.id), null)
  return kept && kept.revision === workflow.draft_revision ? kept.config : null
}

/** Stores the draft by itself while it is edited. What could not be stored yet is kept in this browser. */
export function useDraft(workflow: Workflow, store: EditorStore, stored: Doc): DraftSaver {
  const { mutateAsync } = useSaveDraft(workflow.id)
  const doc = useSyncExternalStore(store.subscribe, () => store.doc)
  const [saved, setSaved] = useState(stored)
  const [isSaving, setSaving] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const revision = useRef(workflow.draft_revision)
  const flight = useRef<Promise<boolean> | null>(null)
  const key = keyOf(workflow.id)
  const isDirty = doc !== saved

  const send = useCallback(async (): Promise<boolean> => {
    setSaving(true)
    const sent = store.doc
    try {
      const answer = await mutateAsync({ config: definitionOf(sent), revision: revision.current })
      revision.current = answer.revision
      setSaved(sent)
      setProblem(null)
      if (store.doc === sent) remember(key, null)
      return true
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, 'Not saved', String(error)))
      return false
    } finally {
      setSaving(false)
    }
  }, [mutateAsync, store, key])

  const save = useCallback(async (): Promise<boolean> => {
    if (flight.current) await flight.current
    flight.current ??= send().finally(() => {
      flight.current = null
    })
    return flight.current
  }, [send])

  const isConflict = problem?.status === CONFLICT
  useEffect(() => {
    if (!isDirty) return
    remember(key, { revision: revision.current, config: definitionOf(doc) } satisfies Kept)
    // Whose draft it is has to be decided first.
    if (isConflict) return
    const timer = setTimeout(() => void save(), problem ? RETRY_MS : REST_MS)
    return () => clearTimeout(timer)
  }, [doc, isDirty, isConflict, problem, save, key])

  const keepMine = useCallback(async () => {
    revision.current = problem?.version ?? revision.current
    return save()
  }, [problem, save])
  const taken = useCallback(
    (next: Doc, number: number) => {
      revision.current = number
      setSaved(next)
      setProblem(null)
      remember(key, null)
    },
    [key],
  )
  const state = isConflict
    ? 'conflict'
    : isSaving
      ? 'saving'
      : problem && isDirty
        ? 'failed'
        : isDirty
          ? 'dirty'
          : 'saved'
  return { state, problem, revision: () => revision.current, save, keepMine, taken }
}
