import type { ScoreModel, ScoringState } from '@/api/scoring'
import type { Tone } from '@/components/ui/badge'

export const OUTCOMES = [
  { value: 'replied', label: 'The lead replied (not to opt out)' },
  { value: 'qualified', label: 'The lead was qualified (tier A or B)' },
  { value: 'booked', label: 'The lead booked a meeting' },
] as const

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

export const STATUS: Record<ScoreModel['status'], { label: string; tone: Tone }> = {
  training: { label: 'Training', tone: 'info' },
  offered: { label: 'Ready to use', tone: 'primary' },
  refused: { label: 'Not good enough', tone: 'warning' },
  failed: { label: 'Failed', tone: 'danger' },
  active: { label: 'In use', tone: 'success' },
  previous: { label: 'Used before', tone: 'neutral' },
  retired: { label: 'Retired', tone: 'neutral' },
}

export const mayBeActivated = (model: ScoreModel): boolean => ['offered', 'previous', 'retired'].includes(model.status)

/** The report to look at: the chosen one, else that of the newest scorer that is ready, in use, or at least reported on. */
export function reportShown(state: ScoringState, models: ScoreModel[], wanted?: number): ScoreModel | null {
  const chosen = models.find((model) => model.id === wanted && model.report)
  if (chosen) return chosen
  if (state.latest?.status === 'offered') return state.latest
  return state.active ?? models.find((model) => model.report) ?? null
}

/** How far the outcomes have come, in percent: the scarcest of what is needed. */
export function outcomeProgress({
  known,
  successes,
  needed,
  needed_successes,
  needed_failures,
}: ScoringState['outcomes']) {
  const parts = [known / needed, successes / needed_successes, (known - successes) / needed_failures]
  return Math.round(100 * Math.max(0, Math.min(1, ...parts)))
}
