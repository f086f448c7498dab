import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { History, RotateCcw } from 'lucide-react'
import { type Agent, type AgentVersion, agentDiffQuery, useRestoreVersion, versionsQuery } from '@/api/agents'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatAgo, formatDateTime } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'
import { FIELD_LABELS, shown } from './words'

/** What was published, and what the draft changes about each version. */
export function VersionsTab({ agent }: { agent: Agent }) {
  const { version: chosen } = useSearch({ from: '/agents/$agentKey' })
  const navigate = useNavigate({ from: '/agents/$agentKey' })
  const query = useQuery(versionsQuery(agent.id))
  if (!query.data) {
    return query.isError ? <ErrorState error={query.error} onRetry={query.refetch} /> : <SkeletonLines count={5} />
  }
  if (query.data.length === 0) {
    return (
      <EmptyState icon={History} title="Nothing was published yet">
        Each time you publish, the whole agent is kept as a version that you can compare and restore.
      </EmptyState>
    )
  }
  const selected = query.data.find((version) => version.number === chosen) ?? query.data[0]
  return (
    <div className="grid gap-6 lg:grid-cols-[18rem_1fr]">
      <ul aria-label="Versions" className="grid content-start gap-1">
        {query.data.map((version) => (
          <li key={version.number}>
            <button
              type="button"
              aria-current={version === selected}
              onClick={() => navigate({ search: (before) => ({ ...before, version: version.number }), replace: true })}
              className={cn(
                'grid w-full gap-0.5 rounded-md border px-3 py-2 text-left text-[13px] hover:bg-accent',
                version === selected && 'border-primary bg-primary-soft/40',
              )}
            >
              <span className="flex items-center gap-2 font-medium">
                Version {version.number}
                {version.number === agent.published && <Badge tone="success">speaks</Badge>}
              </span>
              {version.note && <span>{version.note}</span>}
              <span className="text-muted-foreground text-xs" title={formatDateTime(version.created_at)}>
                {version.created_by || 'somebody'}, {formatAgo(version.created_at)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {selected && <VersionDiff agent={agent} version={selected} />}
    </div>
  )
}

function VersionDiff({ agent, version }: { agent: Agent; version: AgentVersion }) {
  const query = useQuery(agentDiffQuery(agent.id, version.number, undefined))
  const restoring = useRestoreVersion(agent.id)
  const restore = () =>
    restoring.mutate(version.number, {
      onSuccess: () =>
        toast.success(`The draft is version ${version.number} again`, { description: 'Publish it to let it speak.' }),
      onError: toastProblem,
    })
  const changes = query.data?.changes ?? []
  return (
    <section aria-labelledby="diff" className="min-w-0">
      <header className="mb-3 flex flex-wrap items-center gap-3">
        <h2 id="diff" className="mr-auto font-semibold text-[15px]">
          From version {version.number} to the draft
        </h2>
        <Button disabled={changes.length === 0} isBusy={restoring.isPending} onClick={restore}>
          <RotateCcw /> Restore as draft
        </Button>
      </header>
      {query.isError && <ErrorState error={query.error} onRetry={query.refetch} />}
      {query.isPending && <SkeletonLines count={6} />}
      {query.isSuccess && changes.length === 0 && (
        <p className="text-[13px] text-muted-foreground">The draft is the same as this version.</p>
      )}
      <dl className="grid gap-4">
        {changes.map((change) => (
          <div key={change.field}>
            <dt className="mb-1 font-medium text-[13px]">{FIELD_LABELS[change.field] ?? change.field}</dt>
            <dd>
              {change.lines.length > 0 ? (
                <div className="overflow-x-auto rounded-md border bg-surface py-1 font-mono text-xs leading-relaxed">
                  {change.lines.map((line, place) => (
                    <DiffRow key={place} kind={line.kind} text={line.text} />
                  ))}
                </div>
              ) : (
                <p className="text-[13px]">
                  <del className="text-danger-text">{wordsOf(change.field, change.before)}</del>
                  {' → '}
                  <ins className="text-success-text no-underline">{wordsOf(change.field, change.after)}</ins>
                </p>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

const wordsOf = (field: string, value: unknown) =>
  field === 'model' && value === null ? 'the installation’s default' : shown(value)

const SIGNS = { same: ' ', added: '+', removed: '−' } as const

function DiffRow({ kind, text }: { kind: keyof typeof SIGNS; text: string }) {
  const Tag = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span'
  return (
    <Tag
      className={cn(
        'block whitespace-pre-wrap px-3 no-underline',
        kind === 'added' && 'bg-success-soft text-success-text',
        kind === 'removed' && 'bg-danger-soft text-danger-text',
      )}
    >
      <span aria-hidden className="mr-2 select-none">
        {SIGNS[kind]}
      </span>
      {text}
    </Tag>
  )
}
