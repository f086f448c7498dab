import { Link, useRouter } from '@tanstack/react-router'
import {
  CheckCheck,
  ChevronRight,
  CircleHelp,
  CirclePause,
  ListX,
  type LucideIcon,
  MessageSquare,
  PhoneOff,
  UserCheck,
} from 'lucide-react'
import type { MouseEvent } from 'react'
import type { Attention } from '@/api/dashboard'
import { whyAPerson } from '@/components/conversation/person-reasons'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/states'

const ICONS: Record<Attention['kind'], LucideIcon> = {
  conversations: MessageSquare,
  decisions: UserCheck,
  unsure_effects: CircleHelp,
  unknown_texts: CircleHelp,
  failed_jobs: ListX,
  disabled_senders: PhoneOff,
  paused_campaign: CirclePause,
}

/** What waits for a decision that no agent may take, the most pressing first. */
export function AttentionList({ items }: { items: Attention[] }) {
  return (
    <Card>
      <CardHeader title="Needs a person now" />
      {items.length === 0 ? (
        <EmptyState icon={CheckCheck} title="Nothing waits for you" className="py-8">
          Questions that agents leave to people, texts and steps whose outcome is unknown, failed jobs, senders out of
          use and campaigns that were stopped show up here.
        </EmptyState>
      ) : (
        <ul className="divide-y border-t">
          {items.map((item) => (
            <li key={`${item.kind} ${item.link} ${item.title}`}>
              <AttentionLink item={item} />
              {item.conversations.length > 0 && <LongestWaiting conversations={item.conversations} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

/** Those that wait longest, each with why. */
function LongestWaiting({ conversations }: { conversations: Attention['conversations'] }) {
  return (
    <ul className="pb-2">
      {conversations.map(({ id, name, reason, detail }) => (
        <li key={id}>
          <Link
            to="/conversations"
            search={{ view: 'needs_person', thread: id }}
            className="block py-1.5 pr-4 pl-11 text-[13px] hover:bg-accent"
          >
            <span className="font-medium">{name ?? 'Without a name'}</span>
            <span className="line-clamp-2 text-muted-foreground">{whyAPerson({ reason, detail })}</span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

function AttentionLink({ item }: { item: Attention }) {
  const router = useRouter()
  const Icon = ICONS[item.kind]
  // The API names the page by its address; a plain click stays within the application.
  const follow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    router.history.push(item.link)
  }
  return (
    <a href={item.link} onClick={follow} className="flex items-start gap-3 px-4 py-2.5 hover:bg-accent">
      <Icon className="mt-0.5 size-4 shrink-0 text-warning-text" aria-hidden />
      <span className="min-w-0 flex-1">
        <span className="block font-medium text-[13px]">{item.title}</span>
        {item.detail && <span className="block text-[13px] text-muted-foreground">{item.detail}</span>}
      </span>
      <ChevronRight className="mt-0.5 size-4 shrink-0 text-muted-foreground" aria-hidden />
    </a>
  )
}
