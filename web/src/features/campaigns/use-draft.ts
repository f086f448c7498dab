import { useCallback, useEffect, useRef, useState } from 'react'
import { type Campaign, useChangeCampaign } from '@/api/campaigns'
import { ApiProblem } from '@/api/client'
import { readStored, store } from '@/lib/storage'
import {
  afterRefusal,
  afterSave,
  type Draft,
  type DraftField,
  draftOf,
  type Editing,
  editingOf,
  patchOf,
  problemsOfEditing,
  takeIn,
} from './draft'

const REST_MS = 700
const RETRY_MS = 5000

export type SaveState = 'saved' | 'dirty' | 'saving' | 'failed'

export interface DraftForm {
  draft: Draft
  problems: Partial<Record<DraftField, string>>
  state: SaveState
  failure: ApiProblem | null
  set: (change: Partial<Draft>) => void
  /** Stores now; false if something could not be stored. */
  save: () => Promise<boolean>
}

/**
 * A draft that stores itself while it is written. What could not be stored yet is kept in this browser, so that neither an
 * error nor a closed tab loses it.
 */
export function useDraft(campaign: Campaign): DraftForm {
  const key = `draft.campaign.${campaign.id}`
  const change = useChangeCampaign(campaign.id)
  const [editing, setEditing] = useState<Editing>(() => {
    const fresh = editingOf(campaign)
    return { ...fresh, draft: { ...fresh.draft, ...readStored<Partial<Draft>>(key, {}) } }
  })
  const [failure, setFailure] = useState<ApiProblem | null>(null)
  const latest = useRef(editing)
  latest.current = editing
  const flight = useRef<Promise<boolean> | null>(null)

  const update = useCallback(
    (next: (before: Editing) => Editing) => {
      const after = next(latest.current)
      latest.current = after
      setEditing(after)
      store(key, patchOf(after) ?? {})
    },
    [key],
  )

  useEffect(() => {
    if (!flight.current) update((before) => takeIn(before, draftOf(campaign)))
  }, [campaign, update])

  const { mutateAsync } = change
  const sendOnce = useCallback(async (): Promise<boolean> => {
    for (let patch = patchOf(latest.current); patch; patch = patchOf(latest.current)) {
      const sent = patch
      try {
        const stored = await mutateAsync(sent)
        setFailure(null)
        update((before) => afterSave(before, sent, draftOf(stored)))
      } catch (error) {
        const problem = error instanceof ApiProblem ? error : new ApiProblem(0, 'Not saved', String(error))
        const before = JSON.stringify(latest.current.refused)
        update((editing) => afterRefusal(editing, sent, problem.fields))
        // Without the refused fields the rest may well be stored; an error about none of them stops here.
        if (JSON.stringify(latest.current.refused) !== before) continue
        setFailure(problem)
        return false
      }
    }
    return Object.keys(problemsOfEditing(latest.current)).length === 0
  }, [mutateAsync, update])

  const save = useCallback(async (): Promise<boolean> => {
    // One save at a time; what was typed during it is stored by the next round of its loop.
    flight.current ??= sendOnce().finally(() => {
      flight.current = null
    })
    return flight.current
  }, [sendOnce])

  const isDirty = patchOf(editing) !== null
  // biome-ignore lint/correctness/useExhaustiveDependencies: every change starts the pause anew
  useEffect(() => {
    if (!isDirty) return
    const timer = setTimeout(() => void save(), failure ? RETRY_MS : REST_MS)
    return () => clearTimeout(timer)
  }, [editing.draft, isDirty, failure, save])

  const problems = problemsOfEditing(editing)
  const state: SaveState = change.isPending
    ? 'saving'
    : failure || Object.keys(problems).length > 0
      ? 'failed'
      : isDirty
        ? 'dirty'
        : 'saved'
  const set = useCallback(
    (changed: Partial<Draft>) => update((before) => ({ ...before, draft: { ...before.draft, ...changed } })),
    [update],
  )
  return { draft: editing.draft, problems, state, failure: isDirty ? failure : null, set, save }
}
