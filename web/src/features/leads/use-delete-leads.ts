import { useState } from 'react'
import { deleteLeads, type Selection, useLeadsChanged } from '@/api/leads'
import { plural } from '@/lib/format'
import { toast, withUndo } from '@/lib/toast'
import { IN_BACKGROUND } from './selection-bar'

const NOBODY: ReadonlySet<number> = new Set()

/** Deletes leads after a moment in which it can be taken back; meanwhile they are out of sight. */
export function useDeleteLeads(onHidden: () => void) {
  const changed = useLeadsChanged()
  const [hidden, setHidden] = useState(NOBODY)
  const [isHidingAll, setHidingAll] = useState(false)
  const show = () => {
    setHidden(NOBODY)
    setHidingAll(false)
  }
  const remove = (selection: Selection, count: number) => {
    if (selection.ids) setHidden((before) => new Set([...before, ...(selection.ids ?? [])]))
    else setHidingAll(true)
    onHidden()
    const act = async () => {
      const done = await deleteLeads(selection, count)
      if (done.is_running) toast.info(`${plural(count, 'lead')} being deleted`, { description: IN_BACKGROUND })
      await changed()
      setHidingAll(false)
    }
    withUndo(`${plural(count, 'lead')} deleted`, act, show)
  }
  return { remove, hidden, isHidingAll }
}
