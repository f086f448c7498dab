import { useQuery } from '@tanstack/react-query'
import { Bot, CalendarCheck, Quote } from 'lucide-react'
import { type TeamView, teamQuery } from '@/api/conversations'
import { Badge } from '@/components/ui/badge'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { TierBadge } from '@/components/ui/tier-badge'
import { formatAgo, formatDateTime, humanize } from '@/lib/format'
import { leaning, moodTone } from './team'

interface TeamSectionProps {
  conversationId: number
  /** Shows the text in which the lead said this. */
  onJump: (quote: string) => void
}

type Finding = TeamView['qualifications'][number]['findings'][number]

/** Where the thread stands with the agents: who answers, how well the lead fits and why, the meeting, the summary. */
export function TeamSection({ conversationId, onJump }: TeamSectionProps) {
  const team = useQuery(teamQuery(conversationId))
  if (team.error && !team.data) return <ErrorState className="py-4" error={team.error} onRetry={team.refetch} />
  if (!team.data) return <SkeletonLines count={4} />
  const { current_agent, state, failures, meeting, qualifications, summary } = team.data
  const latest = qualifications[0]
  if (!current_agent && !meeting && !latest && !summary) return <NothingYet />
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-3 text-[13px]">
      <p className="flex flex-wrap items-center gap-1.5">
        <Bot className="size-3.5 text-muted-foreground" aria-hidden />
        <span className="font-medium">{current_agent ? humanize(current_agent) : 'No agent yet'}</span>
        <Badge>{humanize(state)}</Badge>
        {failures > 0 && <Badge tone="warning">Could not answer {failures === 1 ? 'once' : `${failures} times`}</Badge>}
      </p>
      {meeting && (
        <p className="flex items-start gap-1.5">
          <CalendarCheck className="mt-0.5 size-3.5 shrink-0 text-success-text" aria-hidden />
          <span>
            Meeting <time dateTime={meeting.slot.starts_at}>{formatDateTime(meeting.slot.starts_at)}</time>
          </span>
        </p>
      )}
      {latest ? (
        <Qualification latest={latest} before={qualifications[1]?.score} onJump={onJump} />
      ) : (
        <p className="text-muted-foreground">Nothing is known yet of what speaks for or against a purchase.</p>
      )}
      {summary && <Summary summary={summary} />}
    </div>
  )
}

function NothingYet() {
  return (
    <div className="rounded-md border border-dashed px-3 py-3 text-[13px]">
      <p className="flex items-center gap-1.5 font-medium">
        <Bot className="size-3.5 text-muted-foreground" aria-hidden /> The agents have not spoken here
      </p>
      <p className="mt-1 text-pretty text-muted-foreground">
        Once the lead answers, this shows who talks to them, how well they fit in their own words, their meeting and a
        summary.
      </p>
    </div>
  )
}

interface QualificationProps {
  latest: TeamView['qualifications'][number]
  /** The score before it. */
  before: number | undefined
  onJump: (quote: string) => void
}

function Qualification({ latest, before, onJump }: QualificationProps) {
  const change = before === undefined ? 0 : latest.score - before
  return (
    <div>
      <p className="flex flex-wrap items-center gap-1.5">
        <TierBadge tier={latest.tier} />
        <span className="font-medium tabular-nums">{latest.score} of 100</span>
        {change !== 0 && (
          <span className="text-muted-foreground tabular-nums">
            {change > 0 ? 'up' : 'down'} from {before}
          </span>
        )}
        <time
          className="ml-auto text-muted-foreground text-xs"
          dateTime={latest.created_at}
          title={formatDateTime(latest.created_at)}
        >
          {formatAgo(latest.created_at)}
        </time>
      </p>
      {latest.findings.length > 0 && (
        <ul className="mt-2 grid gap-2">
          {latest.findings.map((finding) => (
            <FindingRow key={finding.factor} finding={finding} onJump={onJump} />
          ))}
        </ul>
      )}
    </div>
  )
}

function FindingRow({ finding, onJump }: { finding: Finding; onJump: (quote: string) => void }) {
  const { word, tone } = leaning(finding.strength)
  return (
    <li>
      <p className="flex items-center gap-1.5">
        <span className="font-medium">{humanize(finding.factor)}</span>
        <Badge tone={tone}>{word}</Badge>
      </p>
      {finding.summary && <p className="mt-0.5 break-words text-muted-foreground">{finding.summary}</p>}
      <button
        type="button"
        title="Show the text"
        onClick={() => onJump(finding.quote)}
        className="mt-0.5 flex w-full items-start gap-1.5 rounded px-1 py-0.5 text-left text-primary-text hover:bg-accent"
      >
        <Quote className="mt-1 size-3 shrink-0" aria-hidden />
        <span className="sr-only">Show the text: </span>
        <span className="min-w-0 break-words">“{finding.quote}”</span>
      </button>
    </li>
  )
}

function Summary({ summary }: { summary: NonNullable<TeamView['summary']> }) {
  return (
    <div className="rounded-md border bg-surface-sunken px-3 py-2.5">
      <p className="flex flex-wrap items-center gap-1.5">
        <Badge>{humanize(summary.outcome)}</Badge>
        <Badge tone={moodTone(summary.sentiment)}>{humanize(summary.sentiment)}</Badge>
        {!summary.is_current && <span className="text-muted-foreground text-xs">Older than the latest text</span>}
      </p>
      <p className="mt-1.5 break-words">{summary.summary}</p>
      {summary.next_step && (
        <p className="mt-1.5 break-words">
          <span className="font-medium">Next:</span> {summary.next_step}
        </p>
      )}
      {summary.open_questions.length > 0 && (
        <ul className="mt-1.5 list-disc pl-4 text-muted-foreground">
          {summary.open_questions.map((question) => (
            <li key={question} className="break-words">
              {question}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
