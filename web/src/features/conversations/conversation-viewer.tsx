import { MessagesSquare } from 'lucide-react'
import type { Ref } from 'react'
import { type Conversation, type Note, useDeleteNote } from '@/api/conversations'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatPhone } from '@/lib/format'
import { withUndo } from '@/lib/toast'
import { Composer, type ComposerHandle } from './composer'
import { MessageList } from './message-list'
import { ThreadBanner } from './thread-banner'
import { ThreadEntry, Writing } from './thread-entry'
import { useHidden } from './use-hidden'
import { useThread } from './use-thread'
import type { ThreadVerbs } from './use-thread-verbs'

interface ConversationViewerProps {
  thread: Conversation
  me: string
  verbs: ThreadVerbs
  composer: Ref<ComposerHandle>
}

/** One thread: who answers, everything that was said, and the field to write in. */
export function ConversationViewer({ thread, me, verbs, composer }: ConversationViewerProps) {
  const { texts, entries, insights } = useThread(thread)
  const notes = useHidden<number>()
  const remove = useDeleteNote(thread.id)
  const name = thread.lead_name || formatPhone(thread.phone)
  const shown = entries.filter((entry) => entry.kind !== 'note' || !notes.isHidden(entry.note.id))
  const last = shown.at(-1)
  const spoken = shown.filter((entry) => entry.kind === 'message' || entry.kind === 'sending').length
  const deleteNote = (note: Note) => {
    notes.hide(note.id)
    withUndo(
      'Note deleted',
      () => remove.mutateAsync(note.id),
      () => notes.show(note.id),
    )
  }
  return (
    <>
      <ThreadBanner thread={thread} me={me} verbs={verbs} />
      {texts.isPending ? (
        <SkeletonLines count={6} className="mx-auto w-full max-w-3xl flex-1 content-end p-6" />
      ) : texts.error && texts.items.length === 0 ? (
        <ErrorState className="flex-1" error={texts.error} onRetry={texts.refetch} />
      ) : shown.length === 0 ? (
        <EmptyState className="flex-1" icon={MessagesSquare} title="Nothing was said yet">
          The first text can be yours, or a campaign’s.
        </EmptyState>
      ) : (
        <MessageList
          label={`Messages with ${name}`}
          lastKey={last?.key}
          count={spoken}
          isOwn={last?.kind === 'sending' || last?.kind === 'note'}
          older={texts}
        >
          {shown.map((entry) => (
            <ThreadEntry
              key={entry.key}
              entry={entry}
              leadName={name}
              insight={entry.kind === 'message' ? insights.get(entry.message.id) : undefined}
              onDeleteNote={deleteNote}
            />
          ))}
          {thread.agent_is_writing && <Writing />}
        </MessageList>
      )}
      <Composer ref={composer} thread={thread} />
    </>
  )
}
