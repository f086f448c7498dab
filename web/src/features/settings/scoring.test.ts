import { expect, test } from 'vitest'
import type { ScoreModel, ScoringState } from '@/api/scoring'
import { percent, signed } from '@/lib/scoring'
import { mayBeActivated, outcomeProgress, reportShown } from './scoring'

const model = (id: number, status: ScoreModel['status'], hasReport = true) =>
  ({ id, status, report: hasReport ? {} : null }) as ScoreModel
const state = (active: ScoreModel | null, latest: ScoreModel | null) => ({ active, latest }) as ScoringState

test('the report of a new scorer that is ready comes before that of the one in use', () => {
  const [old, fresh] = [model(1, 'active'), model(2, 'offered')]
  expect(reportShown(state(old, fresh), [fresh, old])?.id).toBe(2)
  expect(reportShown(state(old, model(3, 'refused')), [model(3, 'refused'), old])?.id).toBe(1)
  expect(reportShown(state(old, fresh), [fresh, old], 1)?.id).toBe(1)
})

test('without a scorer in use the newest report is shown, and none where there is none', () => {
  const models = [model(3, 'failed', false), model(2, 'refused')]
  expect(reportShown(state(null, models[0] ?? null), models)?.id).toBe(2)
  expect(reportShown(state(null, null), [])).toBeNull()
  // A report that there is not can't be asked for.
  expect(reportShown(state(null, null), models, 3)?.id).toBe(2)
})

test('the scarcest of what is needed decides how far the outcomes are', () => {
  const needed = { needed: 500, needed_successes: 50, needed_failures: 50, too_young: 0, missing: [] }
  expect(outcomeProgress({ ...needed, known: 400, successes: 10 })).toBe(20)
  expect(outcomeProgress({ ...needed, known: 900, successes: 300 })).toBe(100)
  expect(outcomeProgress({ ...needed, known: 0, successes: 0 })).toBe(0)
})

test('only what was good enough can be put to use', () => {
  expect((['offered', 'previous', 'retired'] as const).every((status) => mayBeActivated(model(1, status)))).toBe(true)
  expect(
    (['training', 'refused', 'failed', 'active'] as const).some((status) => mayBeActivated(model(1, status))),
  ).toBe(false)
})

test('points carry their sign, shares their unit', () => {
  expect([signed(8.4), signed(-3.2), percent(0.125), percent(0.2, 0)]).toEqual(['+8', '−3', '12.5 %', '20 %'])
})
