import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  AlarmClock,
  ArrowLeft,
  CircleCheck,
  Ellipsis,
  MailOpen,
  Megaphone,
  PanelRight,
  RotateCcw,
  Smartphone,
  User,
  UserCheck,
  UserX,
} from 'lucide-react'
import type { Conversation } from '@/api/conversations'
import { availabilityQuery } from '@/api/handset'
import { Button } from '@/components/ui/button'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import { Avatar, Tooltip } from '@/components/ui/misc'
import { formatPhone } from '@/lib/format'
import type { ThreadVerbs } from './use-thread-verbs'

interface ThreadHeaderProps {
  thread: Conversation
  me: string
  verbs: ThreadVerbs
  isPanelShown: boolean
  onPanel: () => void
  onSnooze: () => void
  onBack: () => void
}

/** Who this is, and what can be decided. */
export function ThreadHeader({ thread, me, verbs, isPanelShown, onPanel, onSnooze, onBack }: ThreadHeaderProps) {
  const name = thread.lead_name || formatPhone(thread.phone)
  const isMine = thread.assignee === me
  const isOpen = thread.status === 'open'
  return (
    <header className="@container flex shrink-0 items-center gap-2 border-b px-3 py-2 md:px-4">
      <Button variant="ghost" size="icon" className="lg:hidden" aria-label="Back to the list" onClick={onBack}>
        <ArrowLeft />
      </Button>
      <Avatar name={name} className="@lg:grid hidden" />
      <div className="min-w-24 flex-1 sm:min-w-36">
        <h2 className="truncate font-semibold text-[15px] leading-tight" title={name}>
          {name}
        </h2>
        <p className="truncate text-muted-foreground text-xs">
          {[thread.lead_company, formatPhone(thread.phone)].filter(Boolean).join(' · ')}
        </p>
      </div>
      <AssignButton thread={thread} isMine={isMine} onToggle={verbs.toggleMine} />
      <Tooltip content="Snooze">
        <Button variant="ghost" size="icon" aria-label="Snooze" className="hidden sm:inline-flex" onClick={onSnooze}>
          <AlarmClock />
        </Button>
      </Tooltip>
      <Button isBusy={verbs.isBusy('resolve') || verbs.isBusy('reopen')} onClick={verbs.toggleResolved}>
        {isOpen ? <CircleCheck /> : <RotateCcw />} {isOpen ? 'Resolve' : 'Reopen'}
      </Button>
      <More thread={thread} isMine={isMine} verbs={verbs} onSnooze={onSnooze} />
      <Tooltip content={isPanelShown ? 'Hide the lead' : 'Show the lead'}>
        <Button variant="ghost" size="icon" aria-label="Lead’s facts" aria-expanded={isPanelShown} onClick={onPanel}>
          <PanelRight />
        </Button>
      </Tooltip>
    </header>
  )
}

interface AssignButtonProps {
  thread: Conversation
  isMine: boolean
  onToggle: () => void
}

/** Its words need the room that the name has first: they are there on wide screens, and under the pointer on others. */
function AssignButton({ thread, isMine, onToggle }: AssignButtonProps) {
  const words = isMine ? 'Yours' : (thread.assignee ?? 'Assign to me')
  const hint = isMine ? 'Yours; give it up' : thread.assignee ? `With ${thread.assignee}; take it on` : 'Assign to me'
  return (
    <Tooltip content={hint}>
      <Button
        variant={isMine ? 'secondary' : 'ghost'}
        className="hidden max-w-44 px-2 sm:inline-flex 2xl:px-3"
        aria-label={hint}
        onClick={onToggle}
      >
        <UserCheck /> <span className="hidden min-w-0 truncate 2xl:inline">{words}</span>
      </Button>
    </Tooltip>
  )
}

interface MoreProps {
  thread: Conversation
  isMine: boolean
  verbs: ThreadVerbs
  onSnooze: () => void
}

function More({ thread, isMine, verbs, onSnooze }: MoreProps) {
  const handset = useQuery(availabilityQuery()).data
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="More">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent>
        <MenuItem className="sm:hidden" onSelect={verbs.toggleMine}>
          <UserCheck /> {isMine ? 'Give it up' : 'Assign to me'}
        </MenuItem>
        {thread.assignee && !isMine && (
          <MenuItem onSelect={() => verbs.assign(null)}>
            <UserX /> Unassign {thread.assignee}
          </MenuItem>
        )}
        <MenuItem className="sm:hidden" onSelect={onSnooze}>
          <AlarmClock /> Snooze …
        </MenuItem>
        {thread.last_inbound_at && (
          <MenuItem onSelect={verbs.markUnread}>
            <MailOpen /> Mark unread
          </MenuItem>
        )}
        <MenuSeparator />
        <MenuItem asChild>
          <Link to="/leads/$leadId" params={{ leadId: thread.lead_id }}>
            <User /> Open the lead
          </Link>
        </MenuItem>
        {thread.campaign_id && (
          <MenuItem asChild>
            <Link to="/campaigns/$campaignId" params={{ campaignId: thread.campaign_id }}>
              <Megaphone /> Open the campaign
            </Link>
          </MenuItem>
        )}
        {handset?.available && thread.phone && (
          <MenuItem asChild>
            <Link to="/handset" search={{ phone: thread.phone }}>
              <Smartphone /> Open in the handset
            </Link>
          </MenuItem>
        )}
      </MenuContent>
    </Menu>
  )
}
