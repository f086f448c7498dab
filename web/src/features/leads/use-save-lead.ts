import { useQueryClient } from '@tanstack/react-query'
import { type LeadDetail, type LeadPatch, leadKeys, useChangeLead } from '@/api/leads'
import { toast, toastProblem } from '@/lib/toast'
import { concerns, outdatedBy } from './conflict'

/**
 * Saves a part of a lead and offers to take it back. Throws what the API refuses; also that somebody else changed this very
 * part since `version`, the one that was on the page when the edit began. Changes of other parts are no conflict.
 */
export type SaveLead = (
  label: string,
  patch: Partial<LeadPatch>,
  back: Partial<LeadPatch>,
  version: number,
) => Promise<LeadDetail>

export function useSaveLead(id: number): SaveLead {
  const client = useQueryClient()
  const changing = useChangeLead(id)
  const change = async (patch: Partial<LeadPatch>, version: number): Promise<LeadDetail> => {
    try {
      return await changing.mutateAsync({ ...patch, version })
    } catch (error) {
      const outdated = outdatedBy(error)
      if (!outdated) throw error
      if (!concerns(outdated, patch)) return change(patch, outdated.version)
      // What they wrote stands on the page then, beside what is being typed.
      await client.invalidateQueries({ queryKey: leadKeys.one(id) })
      throw error
    }
  }
  return async (label, patch, back, version) => {
    const lead = await change(patch, version)
    toast(`${label} saved`, {
      action: { label: 'Undo', onClick: () => void change(back, lead.version).catch(toastProblem) },
    })
    return lead
  }
}
