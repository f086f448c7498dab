import { Bot, type LucideIcon, MessageSquareOff, PauseCircle, PhoneOff, UserRound } from 'lucide-react'
import type { Conversation } from '@/api/conversations'
import { Button } from '@/components/ui/button'
import { cn } from '@/lib/cn'
import { formatDateTime } from '@/lib/format'
import { type Standing, standingOf } from './handling'
import type { ThreadVerbs } from './use-thread-verbs'

const ICONS: Record<Standing['kind'], LucideIcon> = {
  'opted-out': MessageSquareOff,
  'no-number': PhoneOff,
  'needs-person': UserRound,
  paused: PauseCircle,
  agent: Bot,
}

const TONES = {
  danger: 'bg-danger-soft text-danger-text',
  warning: 'bg-warning-soft text-warning-text',
  info: 'bg-info-soft text-info-text',
}

/** Who answers here, and what waits for whom, with the button that changes it. */
export function ThreadBanner({ thread, me, verbs }: { thread: Conversation; me: string; verbs: ThreadVerbs }) {
  const standing = standingOf(thread, me)
  const Icon = ICONS[standing.kind]
  const isAgents = thread.handled_by === 'agent'
  const canAnswer = standing.kind !== 'opted-out' && standing.kind !== 'no-number'
  return (
    <div
      role="status"
      className={cn('flex shrink-0 items-center gap-2.5 border-b px-4 py-1.5 text-[13px]', TONES[standing.tone])}
    >
      <Icon className="size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="line-clamp-5" title={standing.kind === 'needs-person' ? standing.text : undefined}>
          {standing.text}
          {thread.status === 'snoozed' && ` Snoozed until ${formatDateTime(thread.snoozed_until)}.`}
          {thread.status === 'resolved' && ' Resolved.'}
        </p>
      </div>
      {canAnswer && (
        <Button
          size="sm"
          isBusy={verbs.isBusy('take-over') || verbs.isBusy('hand-back')}
          onClick={verbs.toggleHandling}
        >
          {isAgents ? 'Take over' : 'Hand back'}
        </Button>
      )}
    </div>
  )
}
