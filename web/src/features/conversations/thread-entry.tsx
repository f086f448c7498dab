import { Link } from '@tanstack/react-router'
import { ArrowRightLeft, Ban, CircleCheck, Route, StickyNote, Trash2 } from 'lucide-react'
import type { Insight, Note } from '@/api/conversations'
import { MessageBubble } from '@/components/conversation/message-bubble'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { formatDateTime, formatShortTime } from '@/lib/format'
import { dayWords, type Entry } from './entries'
import { InsightFold } from './insight-fold'
import { placeOf } from './team'
import { UnknownOutcome } from './unknown-outcome'

interface ThreadEntryProps {
  entry: Entry
  leadName: string
  insight: Insight | undefined
  onDeleteNote: (note: Note) => void
}

/** One line of a thread: a day, a text, a note or an event. */
export function ThreadEntry({ entry, leadName, insight, onDeleteNote }: ThreadEntryProps) {
  if (entry.kind === 'day') return <Day at={entry.at} />
  if (entry.kind === 'note') return <NoteBubble note={entry.note} onDelete={() => onDeleteNote(entry.note)} />
  if (entry.kind === 'event') return <Event at={entry.at} tone={entry.tone} text={entry.text} />
  if (entry.kind === 'sending')
    return (
      <MessageBubble
        className="mt-3 opacity-70"
        message={{
          id: 0,
          direction: 'out',
          author: 'person',
          body: entry.body,
          created_at: entry.at,
          state: 'sending',
        }}
      />
    )
  const { message, isContinued } = entry
  return (
    <div
      id={placeOf(message.id)}
      tabIndex={-1}
      className={cn('rounded-lg outline-primary outline-offset-4 focus:outline-2', isContinued ? 'mt-1.5' : 'mt-4')}
    >
      <MessageBubble
        message={message}
        leadName={leadName}
        isContinued={isContinued}
        actions={message.state === 'unknown' && <UnknownOutcome message={message} />}
      />
      {insight && <InsightFold insight={insight} />}
      {message.run_id && message.direction === 'out' && <Why runId={message.run_id} messageId={message.id} />}
    </div>
  )
}

/** Where the step of the workflow is that asked for a text. */
const Why = ({ runId, messageId }: { runId: number; messageId: number }) => (
  <Link
    to="/runs/$runId"
    params={{ runId }}
    search={{ text: messageId }}
    className="ml-auto flex w-fit items-center gap-1 rounded px-1 py-0.5 text-muted-foreground text-xs hover:text-foreground"
  >
    <Route className="size-3.5" aria-hidden /> Why was this sent?
  </Link>
)

function Day({ at }: { at: string }) {
  return (
    <h3 className="sticky top-0 z-10 mx-auto mt-4 mb-1 w-fit rounded-full border bg-surface px-3 py-0.5 font-medium text-muted-foreground text-xs shadow-sm">
      {dayWords(at)}
    </h3>
  )
}

const EVENTS = {
  neutral: { icon: ArrowRightLeft, ink: 'text-muted-foreground' },
  danger: { icon: Ban, ink: 'text-danger-text' },
  success: { icon: CircleCheck, ink: 'text-success-text' },
}

function Event({ at, tone, text }: { at: string; tone: keyof typeof EVENTS; text: string }) {
  const { icon: Icon, ink } = EVENTS[tone]
  return (
    <p className={cn('mx-auto mt-4 flex max-w-full items-center gap-1.5 text-xs', ink)}>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      <span className="min-w-0 break-words">{text}</span>
      <time dateTime={at} title={formatDateTime(at)} className="shrink-0 text-muted-foreground">
        {formatShortTime(at)}
      </time>
    </p>
  )
}

function NoteBubble({ note, onDelete }: { note: Note; onDelete: () => void }) {
  return (
    <article className="group mt-4 flex flex-col items-end gap-1" aria-label={`Private note by ${note.author}`}>
      <p className="flex items-center gap-1.5 px-1 text-muted-foreground text-xs">
        <StickyNote className="size-3.5" aria-hidden />
        <span className="font-medium">{note.author}</span> private note
      </p>
      <p className="max-w-[min(34rem,88%)] whitespace-pre-wrap break-words rounded-xl rounded-br-sm border border-warning/40 bg-warning-soft px-3 py-2 text-sm text-warning-text">
        {note.body}
      </p>
      <p className="flex items-center gap-1 px-1 text-muted-foreground text-xs">
        <time dateTime={note.created_at} title={formatDateTime(note.created_at)}>
          {formatShortTime(note.created_at)}
        </time>
        <Button
          variant="ghost"
          size="icon-sm"
          className="size-6 opacity-0 focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
          aria-label={`Delete the note “${note.body.slice(0, 40)}”`}
          onClick={onDelete}
        >
          <Trash2 className="size-3.5" />
        </Button>
      </p>
    </article>
  )
}

/** The agent thinks about an answer. */
export function Writing() {
  return (
    <div className="mt-4 flex flex-col items-end gap-1" role="status">
      <p className="px-1 text-muted-foreground text-xs">The agent is writing</p>
      <span className="flex gap-1 rounded-xl rounded-br-sm bg-primary-soft px-3 py-3" aria-hidden>
        {[0, 150, 300].map((delay) => (
          <span
            key={delay}
            className="size-1.5 animate-pulse rounded-full bg-primary"
            style={{ animationDelay: `${delay}ms` }}
          />
        ))}
      </span>
    </div>
  )
}
