import type { FunnelStep } from '@/api/dashboard'
import { shareOf } from './trend'

export interface FunnelRow {
  step: FunnelStep['step']
  leads: number
  previous: number
  /** Of all who were reached, in percent. */
  ofReached: number | null
  /** Of those who came to the step before, in percent; null for the first step. */
  ofStepBefore: number | null
}

/** Steps of the funnel with their shares. */
export function funnelRows(steps: FunnelStep[]): FunnelRow[] {
  const reached = steps[0]?.leads ?? 0
  return steps.map(({ step, leads, previous }, index) => ({
    step,
    leads,
    previous,
    ofReached: shareOf(leads, reached),
    ofStepBefore: index === 0 ? null : shareOf(leads, steps[index - 1]?.leads ?? 0),
  }))
}
