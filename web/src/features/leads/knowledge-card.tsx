import { useQuery } from '@tanstack/react-query'
import { Sparkles, TriangleAlert } from 'lucide-react'
import { type LeadKnowledge, leadKnowledgeQuery, useEnrichLead } from '@/api/knowledge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { EmptyState, ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatAgo, formatDateTime, formatPercent, humanize } from '@/lib/format'
import { providerName } from '@/lib/providers'
import { toastProblem } from '@/lib/toast'
import { type Known, known, safeLink } from './knowing'

/** What providers say about the lead and their company, each fact with its source and date. */
export function KnowledgeCard({ leadId }: { leadId: number }) {
  const { data: knowledge, error, refetch } = useQuery(leadKnowledgeQuery(leadId))
  const enrich = useEnrichLead(leadId)
  const ask = () => enrich.mutate(Boolean(knowledge?.enriched_at), { onError: toastProblem })
  return (
    <Card>
      <CardHeader
        title="What we know"
        description={knowledge?.enriched_at ? `Asked ${formatAgo(knowledge.enriched_at)}.` : undefined}
        actions={
          <Button size="sm" isBusy={enrich.isPending} onClick={ask}>
            <Sparkles /> {knowledge?.enriched_at ? 'Ask again' : 'Enrich now'}
          </Button>
        }
      />
      <CardBody>
        {knowledge ? (
          <Facts knowledge={knowledge} />
        ) : error ? (
          <ErrorState className="py-4" error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonLines count={4} />
        )}
      </CardBody>
    </Card>
  )
}

const SUBJECTS = [
  { subject: 'person', title: 'Person' },
  { subject: 'company', title: 'Company' },
  { subject: 'market', title: 'What moves the company' },
] as const

function Facts({ knowledge }: { knowledge: LeadKnowledge }) {
  const parts = SUBJECTS.map((part) => ({ ...part, rows: known(knowledge.facts, part.subject) })).filter(
    (part) => part.rows.length > 0,
  )
  return (
    <div className="grid gap-4">
      {knowledge.problems.length > 0 && (
        <Notice tone="warning" icon={TriangleAlert}>
          {knowledge.problems.map((problem) => (
            <p key={problem.provider}>
              {problem.message} {problem.retryable ? 'Ask again later.' : ''}
            </p>
          ))}
        </Notice>
      )}
      {parts.length === 0 && (
        <EmptyState
          className="py-6"
          icon={Sparkles}
          title={knowledge.enriched_at ? 'Nobody knows them' : 'Not asked yet'}
        >
          {knowledge.enriched_at
            ? 'Neither the company’s website nor a provider says anything. Import what you know under Settings, Companies.'
            : 'Looks at the company’s website, our own table of companies and, with a key, Apollo. Empty fields are filled where a source is sure.'}
        </EmptyState>
      )}
      {parts.map(({ subject, title, rows }) => (
        <div key={subject}>
          <h3 className="mb-1.5 font-medium text-muted-foreground text-xs">{title}</h3>
          <dl className="grid grid-cols-1 gap-x-4 gap-y-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
            {rows.map((row) => (
              <FactRow key={row.key} row={row} />
            ))}
          </dl>
        </div>
      ))}
      {knowledge.fields.length > 0 && (
        <p className="text-muted-foreground text-xs">
          Filled in:{' '}
          {knowledge.fields.map((field) => `${humanize(field.field)} from ${providerName(field.provider)}`).join(', ')}.
        </p>
      )}
    </div>
  )
}

const MOST = 6

function FactRow({ row }: { row: Known }) {
  const rest = row.values.length - MOST
  return (
    <>
      <dt className="text-[13px] text-muted-foreground">{row.label}</dt>
      <dd className="grid gap-1 text-[13px]">
        {row.values.slice(0, MOST).map((value) => (
          <div key={value.text} className="flex flex-wrap items-baseline gap-x-2">
            <span className="min-w-0 break-words">
              <Value text={value.text} />
            </span>
            <span className="text-muted-foreground text-xs">
              {value.facts.map((fact, number) => (
                <span
                  key={fact.id}
                  title={`${fact.detail} · ${formatDateTime(fact.observed_at)} · ${formatPercent(fact.confidence, 0)} sure`}
                >
                  {number > 0 && ', '}
                  {providerName(fact.provider)}, {formatAgo(fact.observed_at)}
                </span>
              ))}
            </span>
          </div>
        ))}
        {rest > 0 && <span className="text-muted-foreground text-xs">and {rest} more</span>}
      </dd>
    </>
  )
}

function Value({ text }: { text: string }) {
  const link = safeLink(text)
  if (!link) return text
  return (
    <a href={link} target="_blank" rel="noopener noreferrer nofollow" className="text-primary-text underline">
      {text.replace(/^https?:\/\/(www\.)?/, '')}
    </a>
  )
}
