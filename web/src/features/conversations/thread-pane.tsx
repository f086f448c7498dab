import { useQuery } from '@tanstack/react-query'
import { MessagesSquare } from 'lucide-react'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { type Conversation, threadQuery } from '@/api/conversations'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Kbd } from '@/components/ui/misc'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { useShortcuts } from '@/lib/shortcuts'
import { readStored, store } from '@/lib/storage'
import { useTopics } from '@/live/use-live'
import type { ComposerHandle } from './composer'
import { ConversationViewer } from './conversation-viewer'
import { LeadPanel } from './lead-panel'
import { SnoozeDialog } from './snooze-menu'
import { ThreadHeader } from './thread-header'
import { useJump } from './use-jump'
import { type ThreadVerbs, useThreadVerbs } from './use-thread-verbs'

const PANEL = 'conversations.panel'
/** From this width on the lead stands beside the thread. */
const ROOM_FOR_PANEL = '(min-width: 1280px)'
/** Who goes through threads by key has not read each of them. */
const READ_AFTER_MS = 800
const SHEET_CLOSES_MS = 250

interface ThreadPaneProps {
  id: number
  me: string
  /** As the list knows it, until it is loaded. */
  listed: Conversation | undefined
  onBack: () => void
  onPutAway: () => void
}

/** The open thread with the lead beside it. */
export function ThreadPane({ id, me, listed, onBack, onPutAway }: ThreadPaneProps) {
  useTopics(`conversation:${id}`)
  const query = useQuery({ ...threadQuery(id), placeholderData: listed })
  const thread = query.data
  const composer = useRef<ComposerHandle>(null)
  const isKeptUnread = useRef(false)
  const [isSnoozing, setSnoozing] = useState(false)
  const [isPanelWanted, setPanelWanted] = useState(() => readStored(PANEL, true))
  const [isSheetOpen, setSheetOpen] = useState(false)
  const jump = useJump(id)
  const jumpFromSheet = (quote: string) => {
    setSheetOpen(false)
    // The sheet gives the focus back as it closes; the text takes it after that.
    setTimeout(() => void jump(quote), SHEET_CLOSES_MS)
  }
  const verbs = useThreadVerbs({
    thread,
    me,
    onPutAway,
    onUnread: () => {
      isKeptUnread.current = true
    },
  })
  useMarkRead(thread, verbs, isKeptUnread)
  useThreadShortcuts({ verbs, composer, onSnooze: () => setSnoozing(true), onBack })
  const togglePanel = () => {
    if (!matchMedia(ROOM_FOR_PANEL).matches) return setSheetOpen(true)
    setPanelWanted(!isPanelWanted)
    store(PANEL, !isPanelWanted)
  }
  if (!thread)
    return query.error ? (
      <div className="flex-1">
        <ErrorState error={query.error} onRetry={query.refetch} />
        <p className="text-center lg:hidden">
          <Button onClick={onBack}>Back to the list</Button>
        </p>
      </div>
    ) : (
      <SkeletonLines count={5} className="flex-1 p-6" />
    )
  return (
    <>
      <section aria-label="Conversation" className="flex min-w-0 flex-1 flex-col bg-background">
        <ThreadHeader
          thread={thread}
          me={me}
          verbs={verbs}
          isPanelShown={isPanelWanted}
          onPanel={togglePanel}
          onSnooze={() => setSnoozing(true)}
          onBack={onBack}
        />
        <ConversationViewer thread={thread} me={me} verbs={verbs} composer={composer} />
      </section>
      {isPanelWanted && (
        <aside aria-label="Lead" className="hidden w-76 shrink-0 overflow-y-auto border-l bg-surface xl:block">
          <LeadPanel thread={thread} onJump={jump} />
        </aside>
      )}
      <Dialog open={isSheetOpen} onOpenChange={setSheetOpen}>
        <DialogContent side="right" title="Lead" className="sm:max-w-sm">
          <div className="-mx-4">
            <LeadPanel thread={thread} onJump={jumpFromSheet} />
          </div>
        </DialogContent>
      </Dialog>
      <SnoozeDialog open={isSnoozing} onOpenChange={setSnoozing} onSnooze={verbs.snooze} />
    </>
  )
}

/** A thread that is looked at is read, unless it was just marked unread; a new text counts anew. */
function useMarkRead(thread: Conversation | undefined, verbs: ThreadVerbs, isKept: RefObject<boolean>): void {
  const latest = useRef(verbs)
  latest.current = verbs
  const unread = thread?.unread_count ?? 0
  const lastInbound = thread?.last_inbound_at
  const before = useRef(lastInbound)
  useEffect(() => {
    if (before.current !== lastInbound) isKept.current = false
    before.current = lastInbound
    if (!unread || isKept.current) return
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible') timer = setTimeout(() => latest.current.markRead(), READ_AFTER_MS)
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [unread, lastInbound, isKept])
}

interface ThreadShortcuts {
  verbs: ThreadVerbs
  composer: RefObject<ComposerHandle | null>
  onSnooze: () => void
  onBack: () => void
}

function useThreadShortcuts({ verbs, composer, onSnooze, onBack }: ThreadShortcuts): void {
  const group = 'Conversation'
  useShortcuts([
    { keys: 'r', label: 'Reply', group, run: () => composer.current?.focus('reply') },
    { keys: 'n', label: 'Private note', group, run: () => composer.current?.focus('note') },
    { keys: 'e', label: 'Resolve or reopen', group, run: verbs.toggleResolved },
    { keys: 'a', label: 'Assign to me, or give it up', group, run: verbs.toggleMine },
    { keys: 't', label: 'Take over or hand back', group, run: verbs.toggleHandling },
    { keys: 's', label: 'Snooze', group, run: onSnooze },
    { keys: 'u', label: 'Mark unread', group, run: verbs.markUnread },
    { keys: 'Escape', label: 'Close the thread', group, run: onBack },
  ])
}

/** Beside the list while no thread is open. */
export function NoThread() {
  return (
    <div className="hidden flex-1 place-items-center lg:grid">
      <EmptyState icon={MessagesSquare} title="Choose a conversation">
        <p>
          <Kbd>J</Kbd> and <Kbd>K</Kbd> go through the list, <Kbd>/</Kbd> searches, <Kbd>?</Kbd> shows every key.
        </p>
      </EmptyState>
    </div>
  )
}
