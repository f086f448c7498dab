import { useQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { scoreModelsQuery, scoringQuery } from '@/api/scoring'
import { Loaded } from './loaded'
import { reportShown } from './scoring'
import { ScoringActive } from './scoring-active'
import { ScoringOptions } from './scoring-options'
import { ScoringOutcomes } from './scoring-outcomes'
import { ScoringReport } from './scoring-report'
import { ScoringTrainings } from './scoring-trainings'

/** The scorer: what it learns from, how good it is, which one is in use. */
export default function ScoringSection() {
  const { model: wanted } = useSearch({ from: '/settings/$section' })
  const query = useQuery(scoringQuery())
  const models = useQuery(scoreModelsQuery()).data ?? []
  return (
    <Loaded query={query}>
      {(state) => {
        const shown = reportShown(state, models, wanted)
        return (
          <div className="grid grid-cols-1 gap-4">
            <ScoringOutcomes state={state} />
            {state.active && <ScoringActive active={state.active} state={state} />}
            {shown?.report && <ScoringReport key={shown.id} model={shown} report={shown.report} />}
            {models.length > 0 && (
              <ScoringTrainings models={models} shownId={shown?.id} hasActive={state.active !== null} />
            )}
            <ScoringOptions settings={state.settings} />
          </div>
        )
      }}
    </Loaded>
  )
}
