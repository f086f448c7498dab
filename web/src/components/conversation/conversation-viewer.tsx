import { Bot, ChevronRight, MessageSquare, ScrollText } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Schemas } from '@/api/client'
import { Badge, type Tone } from '@/components/ui/badge'
import { EmptyState } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatDateTime, formatMoney, formatNumber, formatShortTime, humanize, modelName, plural } from '@/lib/format'
import { MessageBubble } from './message-bubble'
import { formatStepTime } from './step-time'

type CampaignConversation = Schemas['CampaignConversationOut']
type TranscriptMessage = Schemas['TranscriptMessageOut']
type ProcessingLog = Schemas['ProcessingLogOut']

/** One message to or from a model; of a trial it has no id yet. */
export interface PromptLine {
  role: string
  content: string
  metadata?: Record<string, unknown>
}

interface ConversationViewerProps {
  conversation: CampaignConversation
  leadName: string
  logs: ProcessingLog[]
}

/** Everything that was said and done for one campaign lead: the texts, what the model was asked, and each step. */
export function ConversationViewer({ conversation, leadName, logs }: ConversationViewerProps) {
  const { thread, messages } = conversation
  return (
    <div className="grid grid-cols-1 gap-5">
      <section aria-labelledby="viewer-texts">
        <Heading id="viewer-texts" icon={MessageSquare}>
          Texts
        </Heading>
        {thread.length === 0 ? (
          <EmptyState title="No texts yet" className="py-6">
            What is sent and received appears here at once.
          </EmptyState>
        ) : (
          <div className="grid grid-cols-1 gap-3 rounded-lg bg-surface-sunken p-3">
            {thread.map((message, index) => (
              <MessageBubble
                key={message.id}
                message={message}
                leadName={leadName}
                isContinued={index > 0 && thread[index - 1]?.author === message.author}
              />
            ))}
          </div>
        )}
      </section>
      <Transcript lines={messages.map(promptLine)} />
      <section aria-labelledby="viewer-steps">
        <Heading id="viewer-steps" icon={ScrollText}>
          Steps
        </Heading>
        {logs.length === 0 ? (
          <p className="text-[13px] text-muted-foreground">No step has been taken for this lead.</p>
        ) : (
          <ol className="grid gap-1.5">
            {logs.map((log) => (
              <Step key={log.id} log={log} />
            ))}
          </ol>
        )}
      </section>
    </div>
  )
}

const promptLine = (message: TranscriptMessage): PromptLine => ({
  role: message.role,
  content: message.content,
  metadata: message.message_metadata,
})

function Heading({ id, icon: Icon, children }: { id: string; icon: typeof Bot; children: ReactNode }) {
  return (
    <h3 id={id} className="mb-2 flex items-center gap-2 font-semibold text-sm">
      <Icon className="size-4 text-muted-foreground" aria-hidden />
      {children}
    </h3>
  )
}

const ROLES: Record<string, { label: string; tone: Tone }> = {
  system: { label: 'Instructions', tone: 'neutral' },
  user: { label: 'Task', tone: 'info' },
  assistant: { label: 'Answer', tone: 'primary' },
  tool: { label: 'Tool', tone: 'warning' },
}

const numberOf = (value: unknown): number => Number(value ?? 0) || 0

/** What the model was asked and what it wrote, folded, with its tokens and cost. */
export function Transcript({ lines }: { lines: PromptLine[] }) {
  if (lines.length === 0) return null
  const total = (name: string) => lines.reduce((sum, line) => sum + numberOf(line.metadata?.[name]), 0)
  const tokens = total('input_tokens') + total('output_tokens')
  return (
    <details className="group rounded-lg border">
      <summary className="flex cursor-pointer list-none items-center gap-2 px-3 py-2 text-[13px]">
        <ChevronRight className="size-4 transition-transform group-open:rotate-90" aria-hidden />
        <Bot className="size-4 text-muted-foreground" aria-hidden />
        <span className="font-semibold">With the model</span>
        <span className="tabular ml-auto text-muted-foreground text-xs">
          {tokens > 0
            ? `${formatNumber(tokens)} tokens · ${formatMoney(total('cost'))}`
            : plural(lines.length, 'message')}
        </span>
      </summary>
      <ol className="grid grid-cols-1 gap-3 border-t p-3">
        {lines.map((line, index) => (
          <li key={index}>
            <p className="flex flex-wrap items-center gap-2 text-muted-foreground text-xs">
              <Badge tone={ROLES[line.role]?.tone ?? 'neutral'}>{ROLES[line.role]?.label ?? humanize(line.role)}</Badge>
              {typeof line.metadata?.model === 'string' && <span>{modelName(line.metadata.model)}</span>}
              {numberOf(line.metadata?.output_tokens) > 0 && (
                <span className="tabular">
                  {formatNumber(numberOf(line.metadata?.input_tokens))} in,{' '}
                  {formatNumber(numberOf(line.metadata?.output_tokens))} out
                </span>
              )}
            </p>
            <p className="mt-1 whitespace-pre-wrap break-words text-[13px]">{line.content}</p>
          </li>
        ))}
      </ol>
    </details>
  )
}

const LEVELS: Record<string, string> = {
  ERROR: 'bg-danger',
  WARNING: 'bg-warning',
}

function Step({ log }: { log: ProcessingLog }) {
  const { ms, tokens, cost } = log.log_metadata
  const facts = [
    ms != null && formatStepTime(numberOf(ms)),
    numberOf(tokens) > 0 && `${formatNumber(numberOf(tokens))} tokens`,
    numberOf(cost) > 0 && formatMoney(numberOf(cost)),
  ].filter(Boolean)
  return (
    <li className="flex items-baseline gap-2 text-[13px]">
      <span className={cn('size-1.5 shrink-0 rounded-full', LEVELS[log.level] ?? 'bg-success')} aria-hidden />
      <span className="min-w-0 flex-1 break-words">
        <span className="font-medium">{humanize(log.node_name)}</span>{' '}
        <span className="sr-only">({log.level.toLowerCase()})</span> {log.message}
      </span>
      <span className="tabular shrink-0 text-muted-foreground text-xs">
        {[...facts, formatShortTime(log.created_at)].join(' · ')}
        <span className="sr-only"> {formatDateTime(log.created_at)}</span>
      </span>
    </li>
  )
}
