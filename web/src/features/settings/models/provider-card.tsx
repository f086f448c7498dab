import { Link } from '@tanstack/react-router'
import type { ProviderHealth } from '@/api/models'
import { Badge, Status } from '@/components/ui/badge'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Notice } from '@/components/ui/states'
import { formatAgo, formatDateTime, formatNumber, plural } from '@/lib/format'
import { outcomeName } from '../model-calls/call-words'
import { figureList, figuresOf, providerName, type Span, stateWords } from './provider-words'

interface ProviderCardProps {
  health: ProviderHealth
  span: Span
  /** Of its calls in one process; null without a limit. */
  callsAtOnce: number | null
}

/** How one provider is doing, and what its calls came to. */
export function ProviderCard({ health, span, callsAtOnce }: ProviderCardProps) {
  const figures = figuresOf(health, span)
  const { label, tone, words } = stateWords(health, health.until ? formatDateTime(health.until) : 'it answers')
  const errors = Object.entries(figures.errors ?? {}).toSorted(([, one], [, other]) => other - one)
  return (
    <Card>
      <CardHeader
        title={
          <span className="flex flex-wrap items-center gap-2">
            {providerName(health.provider)} <Status tone={tone}>{label}</Status>
          </span>
        }
        description={words}
      />
      <CardBody className="grid gap-3">
        {health.problem && <Notice tone="danger">{health.problem}</Notice>}
        {health.processes_open > 0 && (
          <p className="text-[13px] text-muted-foreground">
            {plural(health.processes_open, 'process', 'processes')} of this installation{' '}
            {health.processes_open === 1 ? 'leaves' : 'leave'} it alone.
          </p>
        )}
        <dl className="tabular grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-4">
          {figureList(figures).map(([name, value]) => (
            <div key={name} className="min-w-0">
              <dt className="text-muted-foreground text-xs">{name}</dt>
              <dd className="break-words font-medium text-sm">{value}</dd>
            </div>
          ))}
        </dl>
        {errors.length > 0 && (
          <ul className="flex flex-wrap gap-2" aria-label={`What went wrong at ${providerName(health.provider)}`}>
            {errors.map(([outcome, count]) => (
              <li key={outcome}>
                <Link
                  to="/settings/$section"
                  params={{ section: 'model-calls' }}
                  search={{ outcome }}
                  className="rounded-full hover:underline"
                >
                  <Badge tone="warning">
                    {outcomeName(outcome)} {formatNumber(count)}
                  </Badge>
                </Link>
              </li>
            ))}
          </ul>
        )}
        <p className="text-muted-foreground text-xs">
          {callsAtOnce !== null && `At most ${plural(callsAtOnce, 'call')} at once in one process. `}
          {health.changed_at && `Its state changed ${formatAgo(health.changed_at)}.`}
        </p>
      </CardBody>
    </Card>
  )
}
