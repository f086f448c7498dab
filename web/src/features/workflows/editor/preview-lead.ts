import { useState } from 'react'
import { readStored, store } from '@/lib/storage'

const KEY = 'workflows.lead'

/** The lead on whom expressions were tried last in this browser. */
export const rememberedLead = (): number | undefined => readStored<number | null>(KEY, null) ?? undefined

export function usePreviewLead(): [number | undefined, (id: number | undefined) => void] {
  const [lead, setLead] = useState(rememberedLead)
  const choose = (id: number | undefined) => {
    setLead(id)
    store(KEY, id ?? null)
  }
  return [lead, choose]
}
