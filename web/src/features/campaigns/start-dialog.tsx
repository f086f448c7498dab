import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { CircleAlert, Info, Rocket, TriangleAlert } from 'lucide-react'
import { type Campaign, type Preflight, preflightQuery, useCampaignVerb } from '@/api/campaigns'
import { Button } from '@/components/ui/button'
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog'
import { Facts } from '@/components/ui/misc'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatDateTime, formatDuration, formatMoney, formatNumber, plural } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { needsAction, notesOf, sectionOf } from './sections'

interface StartDialogProps {
  campaign: Campaign
  open: boolean
  onOpenChange: (open: boolean) => void
}

/** Asks to confirm the start with the figures of what would happen, or says what stands in its way. */
export function StartDialog({ campaign, open, onOpenChange }: StartDialogProps) {
  const navigate = useNavigate()
  const start = useCampaignVerb()
  const preflight = useQuery({ ...preflightQuery(campaign.id), enabled: open, staleTime: 0 })
  const report = preflight.isFetching ? undefined : preflight.data
  const begin = () =>
    start.mutate(
      { id: campaign.id, verb: 'start' },
      {
        onError: toastProblem,
        onSuccess: () => {
          onOpenChange(false)
          void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } })
        },
      },
    )
  const texts = report?.audience.reachable ?? 0
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent
        title={`Start “${campaign.name}”?`}
        description={report?.can_start ? startWords(campaign) : undefined}
        footer={
          <>
            <DialogClose asChild>
              <Button>Not now</Button>
            </DialogClose>
            <Button variant="primary" disabled={!report?.can_start} isBusy={start.isPending} onClick={begin}>
              <Rocket />{' '}
              {report?.can_start ? `${isLater(campaign) ? 'Schedule for' : 'Text'} ${plural(texts, 'lead')}` : 'Start'}
            </Button>
          </>
        }
      >
        {preflight.error ? (
          <ErrorState error={preflight.error} onRetry={preflight.refetch} />
        ) : report ? (
          <Findings campaign={campaign} report={report} onFollow={() => onOpenChange(false)} />
        ) : (
          <SkeletonLines count={6} />
        )}
      </DialogContent>
    </Dialog>
  )
}

const isLater = ({ scheduled_at }: Campaign): boolean => scheduled_at !== null && new Date(scheduled_at) > new Date()

const startWords = (campaign: Campaign): string =>
  isLater(campaign)
    ? `It is launched on ${formatDateTime(campaign.scheduled_at)}.`
    : 'Texts begin to leave at once, inside the hours that apply.'

function Findings({ campaign, report, onFollow }: { campaign: Campaign; report: Preflight; onFollow: () => void }) {
  const findings = [
    ...report.blockers.map((finding) => ({ finding, isBlocking: true })),
    ...report.warnings.filter(needsAction).map((finding) => ({ finding, isBlocking: false })),
  ]
  return (
    <div className="grid gap-4">
      <PreflightFacts report={report} />
      {findings.length > 0 && (
        <ul className="grid gap-2" aria-label="What to know">
          {findings.map(({ finding, isBlocking }) => (
            <li key={finding.code + finding.message}>
              <Notice
                tone={isBlocking ? 'danger' : 'warning'}
                icon={isBlocking ? CircleAlert : TriangleAlert}
                actions={
                  <Link
                    to="/campaigns/$campaignId/edit"
                    params={{ campaignId: campaign.id }}
                    hash={sectionOf(finding)}
                    onClick={onFollow}
                    className="shrink-0 font-medium underline underline-offset-4"
                    aria-label={`Show: ${finding.message}`}
                  >
                    Show
                  </Link>
                }
              >
                <p className="font-medium">{finding.message}</p>
                {finding.remedy && <p>{finding.remedy}</p>}
              </Notice>
            </li>
          ))}
        </ul>
      )}
      {notesOf(report).map((note) => (
        <Notice key={note.code} icon={Info}>
          {note.message}
        </Notice>
      ))}
    </div>
  )
}

/** The figures of a pre-flight. */
export function PreflightFacts({ report }: { report: Preflight }) {
  const { audience, timing, cost } = report
  const left = audience.total - audience.reachable
  return (
    <Facts
      items={[
        ['Will be texted', `${plural(audience.reachable, 'lead')}${left ? `, ${formatNumber(left)} left out` : ''}`],
        ['Segments', `${formatNumber(cost.segments)} (${cost.segments_per_lead} per lead)`],
        [
          'Estimated cost',
          `${formatMoney(cost.total)}: ${formatMoney(cost.texts)} texts, ${cost.model_price_known ? formatMoney(cost.models) : 'unknown'} models`,
        ],
        ['Budget', cost.budget ? formatMoney(cost.budget) : 'No limit'],
        ['Takes', howLong(timing)],
        [
          'Right now',
          `${formatNumber(timing.sendable_now)} can be texted, ${formatNumber(timing.later_today + timing.later)} later`,
        ],
        ['Senders', `${formatNumber(report.senders)}, ${formatNumber(report.segments_per_second)} segments/s together`],
      ]}
    />
  )
}

function howLong({ seconds, waits_seconds, finished_at }: Preflight['timing']): string {
  if (seconds == null) return 'More than can be estimated'
  const until = `until ${formatDateTime(finished_at)}`
  if (waits_seconds === 0) return `${formatDuration(seconds)}, ${until}`
  return `${formatDuration(seconds + waits_seconds)} with the workflow’s waits, ${until} for those who don’t answer`
}
