import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Download, Megaphone, Upload, Users } from 'lucide-react'
import { useEffect, useState } from 'react'
import { type ImportReport, importQuery, isRunning, rejectionsUrl } from '@/api/imports'
import { useLeadsChanged } from '@/api/leads'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Progress } from '@/components/ui/progress'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatAgo, formatDuration, formatNumber, plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { useTopics } from '@/live/use-live'
import { customFields, type Moment, progressOf, remember } from './importing'
import { useStartCampaign } from './use-start-campaign'

interface ImportWatchProps {
  importId: number
  onAgain: () => void
}

/** One import: how far it is, then what became of its rows. */
export function ImportWatch({ importId, onAgain }: ImportWatchProps) {
  useTopics(`import:${importId}`)
  const { data: report, error, refetch } = useQuery(importQuery(importId))
  const changed = useLeadsChanged()
  const status = report?.status
  const [moments, setMoments] = useState<Moment[]>([])
  useEffect(() => {
    if (report && isRunning(report.status))
      setMoments((before) => remember(before, { at: Date.now(), rows: report.rows_read, bytes: report.done_bytes }))
  }, [report])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the import ends
  useEffect(() => {
    if (status && !isRunning(status)) void changed()
  }, [status])
  if (error && !report) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!report) return <SkeletonLines count={4} />
  return isRunning(report.status) ? (
    <Running report={report} moments={moments} />
  ) : (
    <Result report={report} onAgain={onAgain} />
  )
}

function Running({ report, moments }: { report: ImportReport; moments: Moment[] }) {
  const { percent, rate, secondsLeft } = progressOf(report, moments)
  const isWaiting = report.status === 'pending'
  return (
    <Card>
      <CardHeader
        title={report.filename}
        description={isWaiting ? 'Waits for its turn …' : 'You can leave this page; it goes on.'}
        actions={<Badge tone="primary">{isWaiting ? 'Waiting' : 'Importing'}</Badge>}
      />
      <CardBody className="grid gap-3">
        <Progress label="Import" value={isWaiting ? undefined : percent} className="h-2" />
        <div className="flex flex-wrap gap-x-6 gap-y-1 text-[13px]" aria-live="off">
          <span className="tabular">
            <b className="font-semibold">{plural(report.rows_read, 'row')}</b> read
          </span>
          {rate !== null && <span className="tabular">{formatNumber(Math.round(rate))} rows a second</span>}
          {secondsLeft !== null && <span className="tabular">{formatDuration(secondsLeft)} left</span>}
          {report.rows_rejected > 0 && (
            <span className="tabular text-danger-text">{formatNumber(report.rows_rejected)} rejected</span>
          )}
        </div>
      </CardBody>
    </Card>
  )
}

const FIGURES = [
  { key: 'rows_created', label: 'New leads' },
  { key: 'rows_updated', label: 'Brought up to date' },
  { key: 'rows_unchanged', label: 'Unchanged' },
  { key: 'rows_duplicate', label: 'Twice in the file' },
  { key: 'rows_rejected', label: 'Rejected' },
] as const

function Result({ report, onAgain }: { report: ImportReport; onAgain: () => void }) {
  const navigate = useNavigate()
  const campaign = useStartCampaign()
  const isFailed = report.status === 'failed'
  const fields = customFields(report.detected)
  const people = report.rows_created + report.rows_updated + report.rows_unchanged
  const left = report.rows_rejected + report.rows_with_values_left_out
  const start = () =>
    campaign.mutate(
      {
        name: report.filename.replace(/\.\w+$/, '').slice(0, 120),
        count: people,
        audience: report.list_id ? { list_ids: [report.list_id] } : { filter: { import_id: report.id } },
      },
      {
        onSuccess: (draft) => navigate({ to: '/campaigns/$campaignId/edit', params: { campaignId: draft.id } }),
        onError: toastProblem,
      },
    )
  return (
    <Card>
      <CardHeader
        title={report.filename}
        description={`${plural(report.rows_read, 'row')} read, ${formatAgo(report.finished_at)}`}
        actions={<Badge tone={isFailed ? 'danger' : 'success'}>{isFailed ? 'Failed' : 'Imported'}</Badge>}
      />
      <CardBody className="grid gap-5">
        {isFailed && (
          <Notice tone="danger">
            <p role="alert">
              {report.error ?? 'The import broke off.'} What was read before stays. Import the mended file again: rows
              that are there already stay as they are.
            </p>
          </Notice>
        )}
        <dl className="grid grid-cols-2 gap-3 sm:grid-cols-5">
          {FIGURES.map(({ key, label }) => (
            <div key={key} className="flex flex-col-reverse rounded-md border px-3 py-2">
              <dt className="text-muted-foreground text-xs">{label}</dt>
              <dd className="tabular font-semibold text-lg">{formatNumber(report[key])}</dd>
            </div>
          ))}
        </dl>
        {left > 0 && <Reasons report={report} left={left} />}
        {fields.length > 0 && (
          <div>
            <h3 className="mb-1.5 font-medium text-[13px]">Custom fields found</h3>
            <ul className="flex flex-wrap gap-1.5">
              {fields.map((field) => (
                <li key={field}>
                  <Badge>{field}</Badge>
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="flex flex-wrap gap-2">
          {people > 0 && (
            <>
              <Button variant="primary" isBusy={campaign.isPending} onClick={start}>
                <Megaphone /> Start a campaign with these leads
              </Button>
              <Button asChild>
                <Link to="/leads" search={report.list_id ? { list_id: report.list_id } : { import_id: report.id }}>
                  <Users /> See them
                </Link>
              </Button>
            </>
          )}
          <Button onClick={onAgain}>
            <Upload /> Import again
          </Button>
        </div>
      </CardBody>
    </Card>
  )
}

function Reasons({ report, left }: { report: ImportReport; left: number }) {
  return (
    <div>
      <div className="mb-1.5 flex flex-wrap items-center gap-2">
        <h3 className="flex-1 font-medium text-[13px]">Rejected, or imported without some values</h3>
        <Button size="sm" asChild>
          <a href={rejectionsUrl(report.id)} download>
            <Download /> Download {plural(left, 'row')}
          </a>
        </Button>
      </div>
      <ul className="divide-y rounded-md border text-[13px]">
        {(report.reasons ?? []).map(({ reason, kept, rows }) => (
          <li key={`${reason} ${kept}`} className="flex items-baseline gap-3 px-3 py-2">
            <span className="tabular w-14 shrink-0 text-right font-medium">{formatNumber(rows)}</span>
            <span className="min-w-0 flex-1 break-words">{reason}</span>
            <Badge tone={kept ? 'warning' : 'danger'}>{kept ? 'Without it' : 'Rejected'}</Badge>
          </li>
        ))}
      </ul>
    </div>
  )
}
