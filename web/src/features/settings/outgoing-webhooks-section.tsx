import { useQuery } from '@tanstack/react-query'
import { Plus, Send } from 'lucide-react'
import { useState } from 'react'
import { factsQuery } from '@/api/notifications'
import { type Endpoint, endpointsQuery } from '@/api/outgoing-webhooks'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/states'
import { useTopics } from '@/live/use-live'
import { EndpointLog } from './endpoint-log'
import { EndpointRow } from './endpoint-row'
import { SecretDialog } from './endpoint-secret'
import { EndpointSheet } from './endpoint-sheet'
import { Loaded } from './loaded'

/** Addresses of other systems that facts are sent to. */
export default function OutgoingWebhooksSection() {
  const query = useQuery(endpointsQuery())
  const facts = useQuery(factsQuery())
  const [edited, setEdited] = useState<Endpoint | 'new' | null>(null)
  const [watched, setWatched] = useState<Endpoint | null>(null)
  const [secret, setSecret] = useState<string | null>(null)
  useTopics('webhooks')
  const add = (
    <Button variant="primary" onClick={() => setEdited('new')}>
      <Plus /> Add endpoint
    </Button>
  )
  return (
    <Loaded query={query}>
      {(endpoints) => (
        <div className="grid gap-4">
          <Card>
            <CardHeader
              title="Endpoints"
              description="Each message is signed, and sent again for a day until the endpoint takes it."
              actions={endpoints.length > 0 && add}
            />
            {endpoints.length === 0 ? (
              <EmptyState icon={Send} title="No endpoints" actions={add}>
                Give the address of a system of yours, and it is told at once of booked meetings, qualified leads and
                whatever else you choose.
              </EmptyState>
            ) : (
              <ul className="divide-y border-t">
                {endpoints.map((endpoint) => (
                  <li key={endpoint.id}>
                    <EndpointRow
                      endpoint={endpoint}
                      facts={facts.data ?? []}
                      onEdit={() => setEdited(endpoint)}
                      onWatch={() => setWatched(endpoint)}
                      onSecret={setSecret}
                    />
                  </li>
                ))}
              </ul>
            )}
          </Card>
          <p className="text-[13px] text-muted-foreground">
            Messages follow the Standard Webhooks specification, which has libraries for most languages. Types and
            shapes are described in docs/webhooks.md.
          </p>
          {edited && (
            <EndpointSheet
              endpoint={edited === 'new' ? null : edited}
              facts={facts.data ?? []}
              onClose={() => setEdited(null)}
              onSecret={setSecret}
            />
          )}
          {watched && <EndpointLog endpoint={watched} onClose={() => setWatched(null)} />}
          {secret && <SecretDialog secret={secret} onClose={() => setSecret(null)} />}
        </div>
      )}
    </Loaded>
  )
}
