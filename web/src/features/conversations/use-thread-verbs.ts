import { type Conversation, type ThreadVerb, useAssign, useSnooze, useThreadVerb } from '@/api/conversations'
import { formatDateTime } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'

export interface ThreadVerbs {
  isBusy: (verb: ThreadVerb) => boolean
  toggleHandling: () => void
  toggleResolved: () => void
  toggleMine: () => void
  assign: (assignee: string | null) => void
  snooze: (until: Date) => void
  markRead: () => void
  markUnread: () => void
}

interface Options {
  thread: Conversation | undefined
  me: string
  /** The thread left the present list, say by being resolved. */
  onPutAway: () => void
  onUnread: () => void
}

/** What can be decided about a thread, by button or key. */
export function useThreadVerbs({ thread, me, onPutAway, onUnread }: Options): ThreadVerbs {
  const decide = useThreadVerb()
  const assigning = useAssign()
  const snoozing = useSnooze()
  const id = thread?.id ?? 0
  const name = thread?.lead_name || 'The conversation'
  const run = (verb: ThreadVerb, onSuccess?: () => void) => {
    // By the promise: a failure is told also when the next thread is looked at by then.
    if (thread) decide.mutateAsync({ id, verb }, { onSuccess }).catch(toastProblem)
  }
  const reopen = () => decide.mutateAsync({ id, verb: 'reopen' }).catch(toastProblem)
  const putAway = (message: string) => {
    toast(message, { action: { label: 'Undo', onClick: reopen } })
    onPutAway()
  }
  const assign = (assignee: string | null) => thread && assigning.mutateAsync({ id, assignee }).catch(toastProblem)
  return {
    isBusy: (verb) => decide.isPending && decide.variables.verb === verb && decide.variables.id === id,
    toggleHandling: () => run(thread?.handled_by === 'agent' ? 'take-over' : 'hand-back'),
    toggleResolved: () =>
      thread?.status === 'open' ? run('resolve', () => putAway(`${name} is resolved`)) : run('reopen'),
    toggleMine: () => assign(thread?.assignee === me ? null : me),
    assign,
    snooze: (until) =>
      thread &&
      snoozing
        .mutateAsync(
          { id, until },
          { onSuccess: () => putAway(`${name} is snoozed until ${formatDateTime(until.toISOString())}`) },
        )
        .catch(toastProblem),
    markRead: () => run('read'),
    markUnread: () => {
      // Before the answer makes it unread: what is looked at would be read again at once.
      onUnread()
      run('unread')
    },
  }
}
