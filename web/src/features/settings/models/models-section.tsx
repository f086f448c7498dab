import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { modelsHealthQuery, modelsQuery } from '@/api/models'
import { Segmented } from '@/components/ui/toggles'
import { useTopics } from '@/live/use-live'
import { Loaded } from '../loaded'
import { ModelCard, OtherModel } from './model-card'
import { OrderCard } from './order-card'
import { ProviderCard } from './provider-card'
import { providersOf, SPANS, type Span } from './provider-words'

/** How providers are doing, who is asked in which order, what models cost, and whether they answer. */
export default function ModelsSection() {
  useTopics('budgets')
  const { span = 'hour' } = useSearch({ from: '/settings/$section' })
  const navigate = useNavigate({ from: '/settings/$section' })
  const models = useQuery(modelsQuery())
  const health = useQuery(modelsHealthQuery())
  const show = (chosen: Span) =>
    void navigate({ search: (before) => ({ ...before, span: chosen }), replace: true, resetScroll: false })
  return (
    <Loaded query={models}>
      {(all) => (
        <div className="grid gap-4">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="text-[13px] text-muted-foreground">
              Figures are of single attempts;{' '}
              <Link to="/settings/$section" params={{ section: 'model-calls' }} className="text-primary-text underline">
                each is listed
              </Link>
              .
            </p>
            <Segmented label="Figures of the last" value={span} choices={SPANS} onChange={show} />
          </div>
          <Loaded query={health}>
            {(told) => (
              <>
                {providersOf(all, told).map((one) => (
                  <ProviderCard
                    key={one.provider}
                    health={one}
                    span={span}
                    callsAtOnce={all.find((model) => model.provider === one.provider)?.calls_at_once ?? null}
                  />
                ))}
              </>
            )}
          </Loaded>
          <OrderCard models={all} />
          {all.map((model) => (
            <ModelCard key={model.name} model={model} />
          ))}
          <OtherModel />
        </div>
      )}
    </Loaded>
  )
}
