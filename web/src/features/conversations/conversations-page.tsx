import { useRef } from 'react'
import { useMyName } from '@/api/me'
import { cn } from '@/lib/cn'
import { useShortcuts } from '@/lib/shortcuts'
import { useTitle } from '@/lib/title'
import { ConversationList, EmptyList } from './conversation-list'
import { InboxHeader } from './inbox-header'
import { NoThread, ThreadPane } from './thread-pane'
import { useInbox } from './use-inbox'

/** The inbox: list, thread, lead. On a narrow screen one of them at a time. */
export function ConversationsPage() {
  useTitle('Conversations')
  const { search, view, rows, counts, change } = useInbox()
  const me = useMyName()
  const searchField = useRef<HTMLInputElement>(null)
  const openId = search.thread
  const index = rows.items.findIndex((thread) => thread.id === openId)
  const close = () => change({ thread: undefined })
  const step = (by: number) => {
    const next = rows.items[index < 0 ? 0 : index + by]
    if (next) change({ thread: next.id })
  }
  const afterPuttingAway = () => {
    // Among the open ones a thread that was put away makes room for the next.
    const next = rows.items[index + 1] ?? rows.items[index - 1]
    if (!search.status) change({ thread: next?.id })
  }
  useShortcuts([
    { keys: 'j', label: 'Next thread', group: 'Conversations', run: () => step(1) },
    { keys: 'k', label: 'Previous thread', group: 'Conversations', run: () => step(-1) },
    {
      keys: '/',
      label: 'Search conversations',
      group: 'Conversations',
      run: () => searchField.current?.focus(),
    },
  ])
  return (
    <div className="flex h-full min-h-0">
      <h1 className="sr-only">Conversations</h1>
      <section
        aria-label="Inbox"
        className={cn(
          'w-full flex-col bg-surface lg:flex lg:w-80 lg:shrink-0 lg:border-r xl:w-96',
          openId ? 'hidden' : 'flex',
        )}
      >
        <InboxHeader search={search} view={view} counts={counts} change={change} searchField={searchField} />
        <ConversationList rows={rows} openId={openId} me={me} empty={<EmptyList search={search} change={change} />} />
      </section>
      {openId ? (
        <ThreadPane
          key={openId}
          id={openId}
          me={me}
          listed={rows.items[index]}
          onBack={close}
          onPutAway={afterPuttingAway}
        />
      ) : (
        <NoThread />
      )}
    </div>
  )
}
