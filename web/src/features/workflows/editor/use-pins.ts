import { useCallback, useState } from 'react'
import { readStored, store } from '@/lib/storage'

export interface Pinned {
  output: Record<string, unknown>
  /** The outcome by which the step is left; its ordinary one where none is chosen. */
  way?: string | undefined
}
export type Pins = Readonly<Record<string, Pinned>>
export type Pin = (id: string, pinned: Pinned | undefined) => void

/** What the steps are said to give, by step. */
export const outputsOf = (pins: Pins): Record<string, Record<string, unknown>> =>
  Object.fromEntries(Object.entries(pins).map(([id, { output }]) => [id, output]))

/** The outcomes that were chosen, by step. */
export const waysOf = (pins: Pins): Record<string, string> =>
  Object.fromEntries(Object.entries(pins).flatMap(([id, { way }]) => (way ? [[id, way]] : [])))

/** Test data of steps: outputs that stand in for their work in dry runs. Kept in this browser. */
export function usePins(workflowId: number): [Pins, Pin] {
  const key = `workflow.${workflowId}.pinned`
  const [pins, setPins] = useState<Pins>(() => readStored(key, {}))
  const pin = useCallback<Pin>(
    (id, pinned) =>
      setPins((before) => {
        const { [id]: _, ...rest } = before
        const next = pinned === undefined ? rest : { ...rest, [id]: pinned }
        store(key, next)
        return next
      }),
    [key],
  )
  return [pins, pin]
}
