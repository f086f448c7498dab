import { Link } from '@tanstack/react-router'
import { Bot, CircleHelp, Clock, Hand, MessageSquareOff, PencilLine, User } from 'lucide-react'
import type { Conversation } from '@/api/conversations'
import { whyAPerson } from '@/components/conversation/person-reasons'
import { Avatar } from '@/components/ui/misc'
import { cn } from '@/lib/cn'
import { formatNumber, formatPhone, formatShortTime } from '@/lib/format'
import { waitOf } from './waiting'

interface ConversationRowProps {
  thread: Conversation
  me: string
  isOpen: boolean
  hasDraft: boolean
  now: number
}

const SPEAKERS: Record<string, string> = {
  agent: 'Agent: ',
  workflow: 'Campaign: ',
  person: 'Team: ',
  system: 'Auto: ',
}

/** One thread of the list: who, what was said last, who waits, who answers. */
export function ConversationRow({ thread, me, isOpen, hasDraft, now }: ConversationRowProps) {
  const name = thread.lead_name || formatPhone(thread.phone)
  const isUnread = thread.unread_count > 0
  const last = thread.last_message
  return (
    <Link
      from="/conversations"
      to="/conversations"
      search={(before) => ({ ...before, thread: thread.id })}
      preload={false}
      aria-current={isOpen ? 'true' : undefined}
      className={cn(
        'flex h-full gap-3 border-b px-3 py-2.5 outline-offset-[-2px] transition-colors hover:bg-accent/60',
        isOpen && 'bg-primary-soft hover:bg-primary-soft',
      )}
    >
      <Avatar name={name} className="mt-0.5" />
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="flex items-baseline gap-2">
          <span className={cn('min-w-0 flex-1 truncate text-[13px]', isUnread ? 'font-semibold' : 'font-medium')}>
            {name}
            {thread.lead_company && <span className="font-normal text-muted-foreground"> · {thread.lead_company}</span>}
          </span>
          <time
            dateTime={thread.last_message_at}
            className={cn('shrink-0 text-xs', isUnread ? 'font-medium text-primary-text' : 'text-muted-foreground')}
          >
            {formatShortTime(thread.last_message_at)}
          </time>
        </span>
        <span className="flex items-center gap-2">
          <span className={cn('min-w-0 flex-1 truncate text-[13px]', !isUnread && 'text-muted-foreground')}>
            {hasDraft && <PencilLine className="mr-1 inline size-3.5 text-warning-text" aria-label="Draft: " />}
            {last ? (SPEAKERS[last.author] ?? '') + last.body : 'Nothing said yet'}
          </span>
          {isUnread && (
            <span className="grid h-4.5 min-w-4.5 shrink-0 place-items-center rounded-full bg-primary px-1 font-medium text-[11px] text-primary-foreground">
              {formatNumber(thread.unread_count)}
              <span className="sr-only"> unread</span>
            </span>
          )}
        </span>
        <Marks thread={thread} me={me} now={now} />
      </span>
    </Link>
  )
}

const TONES = {
  neutral: 'text-muted-foreground',
  warning: 'text-warning-text',
  danger: 'font-medium text-danger-text',
}

function Marks({ thread, me, now }: { thread: Conversation; me: string; now: number }) {
  const wait = waitOf(thread, now)
  const mark = 'inline-flex items-center gap-1 truncate'
  return (
    <span className="flex items-center gap-2.5 overflow-hidden text-muted-foreground text-xs [&_svg]:size-3.5 [&_svg]:shrink-0">
      {wait && (
        <span className={cn(mark, 'shrink-0', TONES[wait.tone])}>
          <Clock aria-hidden />
          <span className="sr-only">Waiting for an answer: </span>
          {wait.label}
        </span>
      )}
      {thread.needs_person && <NeedsPerson thread={thread} className={cn(mark, 'min-w-0 text-warning-text')} />}
      {thread.is_suppressed && (
        <span className={cn(mark, 'shrink-0 text-danger-text')}>
          <MessageSquareOff aria-hidden /> Opted out
        </span>
      )}
      {thread.last_message?.state === 'unknown' && (
        <span className={cn(mark, 'shrink-0 text-warning-text')}>
          <CircleHelp aria-hidden /> Not sure it left
        </span>
      )}
      {(thread.assignee || !thread.needs_person) && (
        <span className={cn(mark, thread.needs_person ? 'ml-auto max-w-20 shrink-0' : 'min-w-0')}>
          {thread.handled_by === 'agent' ? <Bot aria-hidden /> : <User aria-hidden />}
          <span className="truncate">{handlerWords(thread, me)}</span>
        </span>
      )}
    </span>
  )
}

/** Why, where there is more to say than that somebody has to answer. */
function NeedsPerson({ thread, className }: { thread: Conversation; className: string }) {
  const why = whyAPerson({ reason: thread.needs_person_reason, detail: thread.needs_person_detail })
  return (
    <span className={className} title={why}>
      <Hand aria-hidden />
      <span className="sr-only">Needs a person: </span>
      <span className="truncate">{thread.needs_person_reason === 'with_person' ? 'Needs a person' : why}</span>
    </span>
  )
}

function handlerWords(thread: Conversation, me: string): string {
  const person = thread.assignee === me ? 'You' : thread.assignee
  if (thread.handled_by === 'agent') return person ? `Agent · ${person}` : 'Agent'
  return person ?? 'Nobody yet'
}
