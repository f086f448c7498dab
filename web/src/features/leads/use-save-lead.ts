import { type LeadDetail, type LeadPatch, useChangeLead } from '@/api/leads'
import { toast, toastProblem } from '@/lib/toast'

/** Saves a part of a lead and offers to take it back. Throws what the API refuses. */
export type SaveLead = (label: string, patch: Partial<LeadPatch>, back: Partial<LeadPatch>) => Promise<LeadDetail>

export function useSaveLead(id: number): SaveLead {
  const changing = useChangeLead(id)
  return async (label, patch, back) => {
    const lead = await changing.mutateAsync(patch)
    toast(`${label} saved`, {
      action: { label: 'Undo', onClick: () => changing.mutate(back, { onError: toastProblem }) },
    })
    return lead
  }
}
