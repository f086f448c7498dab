import type { RunDetail } from '@/api/runs'
import { formatStepTime } from '@/components/conversation/step-time'
import { stopWords, untilWords, waitLabel } from '@/components/runs/words'
import { NodeIcon } from '@/components/workflow-canvas/icons'
import { cn } from '@/lib/cn'
import { formatDuration, formatMoney, formatShortTime } from '@/lib/format'
import type { Names } from './names'
import { isBrokenOff, type Visit, waitedSeconds } from './visits'

interface StepListProps {
  run: RunDetail
  visits: Visit[]
  names: Names
  onSelect: (visit: Visit) => void
}

/** The steps of a run in the order in which they began. */
export function StepList({ run, visits, names, onSelect }: StepListProps) {
  if (visits.length === 0)
    return <p className="text-[13px] text-muted-foreground">No step has been written down for this run.</p>
  return (
    <ol className="-mx-2 grid grid-cols-1 gap-0.5">
      {visits.map((visit) => {
        const { label, icon } = names.of(visit.node_id)
        return (
          <li key={visit.key}>
            <button
              type="button"
              onClick={() => onSelect(visit)}
              className="flex w-full items-start gap-2.5 rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-accent"
            >
              <NodeIcon name={icon} className={cn('mt-0.5 size-4 shrink-0', inkOf(visit, run))} />
              <span className="min-w-0 flex-1">
                <span className="flex items-baseline gap-2">
                  <span className="min-w-0 flex-1 truncate font-medium">
                    {label}
                    {visit.visit > 1 && (
                      <span className="font-normal text-muted-foreground"> · visit {visit.visit}</span>
                    )}
                  </span>
                  <span className="tabular shrink-0 text-muted-foreground text-xs">
                    {formatShortTime(visit.step.created_at)}
                  </span>
                </span>
                <span
                  className={cn(
                    'block break-words text-xs',
                    visit.step.error ? 'text-danger-text' : 'text-muted-foreground',
                  )}
                >
                  {tellOf(visit, run)}
                </span>
                <span className="tabular block text-muted-foreground text-xs">{factsOf(visit, names)}</span>
              </span>
            </button>
          </li>
        )
      })}
    </ol>
  )
}

const inkOf = (visit: Visit, run: RunDetail): string => {
  if (isBrokenOff(visit, run)) return 'text-muted-foreground'
  if (visit.wait) return 'text-warning-text'
  if (visit.step.error) return 'text-danger-text'
  return visit.step.level === 'WARNING' ? 'text-warning-text' : 'text-success-text'
}

function tellOf(visit: Visit, run: RunDetail): string {
  if (visit.wait) return `${waitLabel(visit.wait.kind)} ${untilWords(visit.wait, run.time_zone)}`
  if (isBrokenOff(visit, run)) return stopWords(run.stop_reason) || 'The run was stopped while it waited here.'
  return visit.step.error ?? visit.step.message
}

function factsOf(visit: Visit, names: Names): string {
  const { left, paused } = visit
  const waited = waitedSeconds(visit)
  const cost = Number(left?.cost ?? 0) + Number(paused?.cost ?? 0)
  return [
    left?.outcome && `→ ${names.outcome(visit.node_id, left.outcome)}`,
    waited !== null ? `waited ${formatDuration(waited)}` : left && formatStepTime(left.ms),
    cost > 0 && formatMoney(cost),
  ]
    .filter(Boolean)
    .join(' · ')
}
