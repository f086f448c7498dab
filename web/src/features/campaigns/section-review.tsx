import { Link } from '@tanstack/react-router'
import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { Campaign, Preflight } from '@/api/campaigns'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { plural } from '@/lib/format'
import { type Issue, notesOf, SECTIONS } from './sections'
import { PreflightFacts } from './start-dialog'
import { TrialPanel } from './trial-panel'

interface ReviewSectionProps {
  campaign: Campaign
  issues: Issue[]
  preflight: Preflight | undefined
  error: unknown
  onRetry: () => void
  save: () => Promise<boolean>
}

/** What would happen if it were started now, what stands in the way, and a trial. */
export function ReviewSection({ campaign, issues, preflight, error, onRetry, save }: ReviewSectionProps) {
  if (error && !preflight) return <ErrorState error={error} onRetry={onRetry} />
  if (!preflight) return <SkeletonLines count={8} />
  const blockers = issues.filter((issue) => issue.isBlocking)
  const warnings = issues.filter((issue) => !issue.isBlocking)
  return (
    <div className="grid grid-cols-1 gap-6">
      <section aria-labelledby="review-findings" className="grid gap-2">
        <h3 id="review-findings" className="font-semibold text-sm">
          {blockers.length
            ? `${plural(blockers.length, 'thing')} to put right before the start`
            : warnings.length
              ? `Ready, with ${plural(warnings.length, 'thing')} to know`
              : 'Ready to start'}
        </h3>
        {blockers.length === 0 && (
          <Notice tone="success" icon={CircleCheck}>
            Nothing stands in the way.
          </Notice>
        )}
        <ul className="grid gap-2">
          {[...blockers, ...warnings].map((issue) => (
            <li key={issue.message}>
              <Finding campaign={campaign} issue={issue} />
            </li>
          ))}
          {notesOf(preflight).map((note) => (
            <li key={note.code}>
              <Notice tone="info" icon={Info}>
                {note.message} {note.remedy}
              </Notice>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="review-figures" className="rounded-lg border p-4">
        <h3 id="review-figures" className="mb-3 font-semibold text-sm">
          What would happen now
        </h3>
        <PreflightFacts report={preflight} />
      </section>
      <TrialPanel campaign={campaign} save={save} />
    </div>
  )
}

function Finding({ campaign, issue }: { campaign: Campaign; issue: Issue }) {
  const section = SECTIONS.find(({ id }) => id === issue.section)
  return (
    <Notice
      tone={issue.isBlocking ? 'danger' : 'warning'}
      icon={issue.isBlocking ? CircleAlert : TriangleAlert}
      actions={
        section &&
        section.id !== 'review' && (
          <Link
            to="/campaigns/$campaignId/edit"
            params={{ campaignId: campaign.id }}
            hash={section.id}
            replace
            className="shrink-0 font-medium underline underline-offset-4"
          >
            {section.title}
          </Link>
        )
      }
    >
      <p className="font-medium">{issue.message}</p>
      {issue.remedy && <p>{issue.remedy}</p>}
    </Notice>
  )
}
