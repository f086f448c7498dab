import { Link } from '@tanstack/react-router'
import type { RunDetail } from '@/api/runs'
import { RunStatusMark } from '@/components/runs/run-status'
import { formatAgo } from '@/lib/format'
import type { Names } from './names'

/** Runs that began within this one. */
export function ReplayList({ run, names }: { run: RunDetail; names: Names }) {
  if (run.replays.length === 0) return null
  return (
    <section>
      <h3 className="mb-2 font-semibold text-sm">Replays</h3>
      <ul className="grid gap-1.5">
        {run.replays.map((replay) => (
          <li key={replay.id} className="flex flex-wrap items-center gap-2 text-[13px]">
            <Link
              to="/runs/$runId"
              params={{ runId: replay.id }}
              className="text-primary-text underline underline-offset-4"
            >
              {replay.replay_from ? `From “${names.of(replay.replay_from).label}”` : `Run ${replay.id}`}
            </Link>
            <RunStatusMark run={replay} />
            <span className="text-muted-foreground text-xs">{formatAgo(replay.started_at)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
