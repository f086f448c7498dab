import { useCallback, useState } from 'react'
import { readStored, store } from '@/lib/storage'

export type Pins = Readonly<Record<string, Record<string, unknown>>>
export type Pin = (id: string, output: Record<string, unknown> | undefined) => void

/** Test data of steps: outputs that stand in for their work in dry runs. Kept in this browser. */
export function usePins(workflowId: number): [Pins, Pin] {
  const key = `workflow.${workflowId}.pins`
  const [pins, setPins] = useState<Pins>(() => readStored(key, {}))
  const pin = useCallback<Pin>(
    (id, output) =>
      setPins((before) => {
        const { [id]: _, ...rest } = before
        const next = output === undefined ? rest : { ...rest, [id]: output }
        store(key, next)
        return next
      }),
    [key],
  )
  return [pins, pin]
}
