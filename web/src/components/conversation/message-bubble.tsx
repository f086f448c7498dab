import {
  Bot,
  Check,
  CheckCheck,
  CircleAlert,
  CircleHelp,
  CircleSlash,
  Clock,
  type LucideIcon,
  Send,
  Settings2,
  User,
  Workflow,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '@/lib/cn'
import { formatDateTime, formatMoney, formatShortTime, plural } from '@/lib/format'
import { type Fate, type FateMark, fateOf, type TextFate } from './delivery'

/** A text as every API gives it; what one of them lacks is not shown. */
export interface BubbleMessage extends TextFate {
  id: number
  /** `lead`, `workflow`, `agent`, `person` or `system`. */
  author: string
  /** The person's name, where a person wrote it. */
  author_name?: string | null | undefined
  body: string
  created_at: string
  sent_at?: string | null | undefined
  segments?: number | undefined
  estimated_cost?: string | undefined
  price?: string | null | undefined
  media_urls?: string[] | undefined
}

const AUTHORS: Record<string, { label: string; icon: LucideIcon }> = {
  lead: { label: 'Lead', icon: User },
  workflow: { label: 'Campaign', icon: Workflow },
  agent: { label: 'Agent', icon: Bot },
  person: { label: 'Person', icon: User },
  system: { label: 'Automatic', icon: Settings2 },
}

const MARKS: Record<FateMark, LucideIcon> = {
  waiting: Clock,
  leaving: Send,
  sent: Check,
  delivered: CheckCheck,
  read: CheckCheck,
  failed: CircleAlert,
  unclear: CircleHelp,
  stopped: CircleSlash,
}

const INKS = {
  neutral: 'text-muted-foreground',
  primary: 'text-primary-text',
  success: 'text-success-text',
  warning: 'text-warning-text',
  danger: 'text-danger-text',
  info: 'text-info-text',
}

/** What became of a text: a mark with its word. The reason is a line of its own, for keyboards and fingers too. */
function DeliveryMark({ fate }: { fate: Fate }) {
  const Icon = MARKS[fate.mark]
  return (
    <span className={cn('inline-flex items-center gap-1 whitespace-nowrap text-xs', INKS[fate.tone])}>
      <Icon className="size-3.5" aria-hidden />
      {fate.label}
    </span>
  )
}

interface MessageBubbleProps {
  message: BubbleMessage
  /** How the other side is called; `Lead` otherwise. */
  leadName?: string | undefined
  /** Follows the one before without a break: the line with the author is left out. */
  isContinued?: boolean
  /** Buttons for a text that waits for a decision, say. */
  actions?: ReactNode
  className?: string
}

/** One text of a thread: the lead's at the left, ours at the right, with its author, time and fate. */
export function MessageBubble({ message, leadName, isContinued, actions, className }: MessageBubbleProps) {
  const isOurs = message.direction === 'out'
  const author = AUTHORS[message.author]
  const Icon = author?.icon ?? User
  const known = message.author === 'lead' ? leadName : message.author_name
  const name = known || (author?.label ?? message.author)
  const fate = fateOf(message)
  const isDead = fate?.mark === 'failed' || fate?.mark === 'stopped'
  const when = message.sent_at ?? message.created_at
  return (
    <div className={cn('flex flex-col gap-1', isOurs ? 'items-end' : 'items-start', className)}>
      {!isContinued && (
        <p className="flex items-center gap-1.5 px-1 text-muted-foreground text-xs">
          <Icon className="size-3.5" aria-hidden />
          <span className="font-medium">{name}</span>
        </p>
      )}
      <div
        dir="auto"
        className={cn(
          'max-w-[min(34rem,88%)] whitespace-pre-wrap break-words rounded-xl border px-3 py-2 text-sm',
          isOurs ? 'rounded-br-sm border-transparent bg-primary-soft' : 'rounded-bl-sm bg-surface',
          isDead && 'border-border border-dashed bg-transparent',
        )}
      >
        {message.body}
        {message.media_urls?.map((url, index) => (
          <a
            key={url}
            href={url}
            target="_blank"
            rel="noreferrer"
            className="mt-1 block text-primary-text underline underline-offset-4"
          >
            Attachment {index + 1}
          </a>
        ))}
      </div>
      <p className="flex flex-wrap items-center gap-x-2 px-1 text-muted-foreground text-xs">
        <time dateTime={when} title={formatDateTime(when)}>
          {formatShortTime(when)}
        </time>
        {fate && <DeliveryMark fate={fate} />}
        <Bill message={message} />
      </p>
      {fate?.detail && <p className={cn('max-w-[min(34rem,88%)] px-1 text-xs', INKS[fate.tone])}>{fate.detail}</p>}
      {actions && <div className="flex flex-wrap gap-2 px-1">{actions}</div>}
    </div>
  )
}

/** Segments and cost of a text of ours, where they are known. */
function Bill({ message }: { message: BubbleMessage }) {
  if (message.direction === 'in' || !message.segments) return null
  const cost = message.price ?? message.estimated_cost
  return (
    <span className="tabular">
      {plural(message.segments, 'segment')}
      {cost != null && ` · ${formatMoney(cost)}`}
    </span>
  )
}
