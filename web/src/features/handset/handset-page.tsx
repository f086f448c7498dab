import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { PlugZap, RotateCw, Smartphone } from 'lucide-react'
import { availabilityQuery } from '@/api/handset'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { useTitle } from '@/lib/title'
import { HandsetPane } from './handset-pane'
import { PeopleList } from './people-list'

const route = getRouteApi('/handset')

/** The far end of a thread: a phone on which one answers as a lead, while the shipped simulator is the carrier. */
export function HandsetPage() {
  useTitle('Handset')
  const availability = useQuery(availabilityQuery())
  const { data } = availability
  return (
    <div className="flex h-full min-h-0 flex-col">
      <h1 className="sr-only">Handset</h1>
      {availability.error && !data ? (
        <ErrorState error={availability.error} onRetry={availability.refetch} />
      ) : !data ? (
        <SkeletonLines className="p-6" count={4} />
      ) : !data.available ? (
        <NoHandsets />
      ) : data.running ? (
        <Handsets personas={data.personas} />
      ) : (
        <SimulatorAway isBusy={availability.isFetching} onRetry={availability.refetch} />
      )}
    </div>
  )
}

function Handsets({ personas }: { personas: string[] }) {
  const { phone, search } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <div className="flex min-h-0 flex-1">
      <section
        aria-label="People"
        className={cn('w-full flex-col bg-surface lg:flex lg:w-72 lg:shrink-0 lg:border-r', phone ? 'hidden' : 'flex')}
      >
        <PeopleList
          search={search ?? ''}
          phone={phone}
          onSearch={(words) =>
            void navigate({ search: (before) => ({ ...before, search: words || undefined }), replace: true })
          }
        />
      </section>
      {phone ? (
        <HandsetPane
          key={phone}
          phone={phone}
          personas={personas}
          onBack={() => void navigate({ search: (before) => ({ ...before, phone: undefined }) })}
        />
      ) : (
        <div className="hidden flex-1 place-items-center lg:grid">
          <EmptyState icon={Smartphone} title="Pick up a handset">
            Choose a person to see our texts as they do, and to answer as them. The agents can’t tell the difference.
          </EmptyState>
        </div>
      )}
    </div>
  )
}

function NoHandsets() {
  return (
    <EmptyState
      className="flex-1"
      icon={Smartphone}
      title="People have their own handsets"
      actions={
        <>
          <Button asChild>
            <Link to="/conversations">To the conversations</Link>
          </Button>
          <Button asChild variant="ghost">
            <Link to="/settings/$section" params={{ section: 'webhooks' }}>
              Carrier’s settings
            </Link>
          </Button>
        </>
      }
    >
      The handset plays the far end while the shipped simulator is the carrier. Here a real carrier is configured, so
      texts reach real phones: try a campaign with a number of your own. Without TWILIO_ACCOUNT_SID the simulator is
      used again.
    </EmptyState>
  )
}

function SimulatorAway({ isBusy, onRetry }: { isBusy: boolean; onRetry: () => void }) {
  return (
    <div role="alert" className="grid flex-1 place-items-center">
      <EmptyState
        icon={PlugZap}
        title="The simulated carrier does not answer"
        actions={
          <Button isBusy={isBusy} onClick={onRetry}>
            {!isBusy && <RotateCw />} Try again
          </Button>
        }
      >
        It starts together with everything else by <code>outrider up</code>. If it was stopped, start it again; texts
        wait in the outbox meanwhile and none is lost. This page asks again every few seconds.
      </EmptyState>
    </div>
  )
}
