import type { Run } from '@/api/runs'
import { Badge, Status } from '@/components/ui/badge'
import { RUN_STATUSES } from './words'

/** How a run stands. */
export function RunStatusMark({ run }: { run: Pick<Run, 'status' | 'is_dry'> }) {
  const { label, tone } = RUN_STATUSES[run.status]
  return (
    <>
      <Status tone={tone}>{label}</Status>
      {run.is_dry && <Badge tone="info">Dry run</Badge>}
    </>
  )
}
