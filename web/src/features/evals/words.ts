import type { EvalRun } from '@/api/evals'
import type { Tone } from '@/components/ui/badge'

export const STATUS: Record<EvalRun['status'], { label: string; tone: Tone }> = {
  waiting: { label: 'Waiting', tone: 'neutral' },
  running: { label: 'Running', tone: 'info' },
  passed: { label: 'As expected', tone: 'success' },
  failed: { label: 'Not as expected', tone: 'danger' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
  given_up: { label: 'Given up', tone: 'warning' },
}
