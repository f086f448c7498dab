import { toast } from 'sonner'
import { ApiProblem } from '@/api/client'

export { toast }

/** Says what went wrong, in the API's own words. */
export function toastProblem(error: unknown): void {
  const problem = error instanceof ApiProblem ? error : null
  toast.error(problem?.title ?? 'That did not work', {
    description: problem ? [problem.detail, problem.remedy].filter(Boolean).join(' ') : String(error),
    duration: 8000,
  })
}

const UNDO_MS = 6000

/**
 * Does something irreversible after a moment in which it can be taken back. Leaving the page does it at once.
 *
 * @param message what happens, as done: `3 leads deleted`
 * @param act does it for good
 * @param undo shows again what was hidden meanwhile
 */
export function withUndo(message: string, act: () => Promise<unknown>, undo?: () => void): void {
  let isSettled = false
  const settle = (action?: () => void) => {
    if (isSettled) return
    isSettled = true
    clearTimeout(timer)
    removeEventListener('pagehide', leave)
    // While the pointer rests on it, it would stay, with an Undo that undoes nothing any more.
    toast.dismiss(shown)
    action?.()
  }
  const commit = () =>
    settle(() => {
      act().catch((error) => {
        undo?.()
        toastProblem(error)
      })
    })
  const leave = () => commit()
  const timer = setTimeout(commit, UNDO_MS)
  addEventListener('pagehide', leave)
  const shown = toast(message, { duration: UNDO_MS, action: { label: 'Undo', onClick: () => settle(undo) } })
}
