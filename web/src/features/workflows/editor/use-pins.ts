import { useCallback, useState } from 'react'
import { readStored, store } from '@/lib/storage'

/** Test data of steps: outputs that stand in for their work in dry runs. Kept in this browser. */
export function usePins(
  workflowId: number,
): [Readonly<Record<string, unknown>>, (id: string, output: unknown) => void] {
  const key = `workflow.${workflowId}.pins`
  const [pins, setPins] = useState<Record<string, unknown>>(() => readStored(key, {}))
  const pin = useCallback(
    (id: string, output: unknown) =>
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
