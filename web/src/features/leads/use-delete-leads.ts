import { useState } from 'react'
import { deleteLead, deleteLeads, type Selection, useLeadsChanged } from '@/api/leads'
import { plural } from '@/lib/format'
import { toast, withUndo } from '@/lib/toast'
import { hiddenLeads } from './hidden'
import { IN_BACKGROUND } from './words'

/** Deletes leads after a moment in which it can be taken back; meanwhile they are out of sight. */
export function useDeleteLeads(onHidden: () => void) {
  const changed = useLeadsChanged()
  const [isHidingAll, setHidingAll] = useState(false)
  const remove = (selection: Selection, count: number) => {
    const ids = selection.ids ?? []
    hiddenLeads.hide(ids)
    setHidingAll(!selection.ids)
    onHidden()
    const show = () => {
      hiddenLeads.show(ids)
      setHidingAll(false)
    }
    const act = async () => {
      const done = await deleteLeads(selection, count)
      if (done.is_running) toast.info(`${plural(count, 'lead')} being deleted`, { description: IN_BACKGROUND })
      await changed()
      setHidingAll(false)
    }
    withUndo(`${plural(count, 'lead')} deleted`, act, show)
  }
  return { remove, isHidingAll }
}

/** Deletes one lead, whose page is left at once. */
export function useDeleteLead() {
  const changed = useLeadsChanged()
  return (id: number, name: string) => {
    hiddenLeads.hide([id])
    const act = async () => {
      await deleteLead(id)
      await changed()
    }
    withUndo(`${name} deleted`, act, () => hiddenLeads.show([id]))
  }
}
