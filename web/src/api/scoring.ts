import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { pollWhenNotLive } from '@/live/use-live'
import { api, data, type Schemas } from './client'

export type ScoringState = Schemas['ScoringState']
export type ScoreModel = Schemas['ScoreModelOut']
export type ScoreReport = Schemas['ReportOut']
export type LeadScore = Schemas['LeadScoreOut']
export type ScoringSettingsPatch = Schemas['ScoringSettingsIn']

const TRAINING_POLL_MS = 2_000

export const scoringKeys = { all: ['scoring'] as const }

export const scoringQuery = () =>
  queryOptions({
    queryKey: [...scoringKeys.all, 'state'] as const,
    queryFn: () => data(api.GET('/api/scoring')),
    // A training ends by itself, and so does the scoring of all leads that follows an activation.
    refetchInterval: (query) => (query.state.data?.is_training ? TRAINING_POLL_MS : pollWhenNotLive() || 30_000),
  })

export const scoreModelsQuery = () =>
  queryOptions({
    queryKey: [...scoringKeys.all, 'models'] as const,
    queryFn: () => data(api.GET('/api/scoring/models')),
  })

export const leadScoreQuery = (leadId: number) =>
  queryOptions({
    queryKey: [...scoringKeys.all, 'lead', leadId] as const,
    queryFn: () => data(api.GET('/api/scoring/leads/{lead_id}', { params: { path: { lead_id: leadId } } })),
  })

/** One of the verbs; whatever it changes, all of scoring is read anew. */
function useVerb<Given>(run: (given: Given) => Promise<unknown>) {
  const client = useQueryClient()
  return useMutation({ mutationFn: run, onSettled: () => client.invalidateQueries({ queryKey: scoringKeys.all }) })
}

export const useTrain = () => useVerb<void>(() => data(api.POST('/api/scoring/train')))
export const useActivate = () =>
  useVerb<number>((id) =>
    data(api.POST('/api/scoring/models/{model_id}/activate', { params: { path: { model_id: id } } })),
  )
export const useRollBack = () => useVerb<void>(() => data(api.POST('/api/scoring/rollback')))
export const useStopScoring = () => useVerb<void>(() => data(api.POST('/api/scoring/deactivate')))
export const useChangeScoring = () =>
  useVerb<ScoringSettingsPatch>((body) => data(api.PATCH('/api/scoring/settings', { body })))
