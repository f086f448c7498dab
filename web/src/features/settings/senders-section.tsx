import { useQuery } from '@tanstack/react-query'
import { Phone, Plus } from 'lucide-react'
import { useState } from 'react'
import { type Sender, sendersQuery } from '@/api/senders'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/states'
import { useTopics } from '@/live/use-live'
import { Loaded } from './loaded'
import { SenderRow } from './sender-row'
import { SenderSheet } from './sender-sheet'

/** The numbers and messaging services that texts leave from. */
export default function SendersSection() {
  const [edited, setEdited] = useState<Sender | 'new' | null>(null)
  const query = useQuery(sendersQuery())
  useTopics('senders')
  const add = (
    <Button variant="primary" onClick={() => setEdited('new')}>
      <Plus /> Add sender
    </Button>
  )
  return (
    <Loaded query={query}>
      {(senders) => (
        <Card>
          <CardHeader
            title="Numbers and messaging services"
            description="A campaign spreads its texts over its senders; each keeps the rate that the carrier allows it."
            actions={senders.length > 0 && add}
          />
          {senders.length === 0 ? (
            <EmptyState icon={Phone} title="No senders" actions={add}>
              Add a number or a messaging service that your carrier’s account owns. Without one no text can leave.
            </EmptyState>
          ) : (
            <ul className="divide-y border-t">
              {senders.map((sender) => (
                <li key={sender.id}>
                  <SenderRow sender={sender} onEdit={() => setEdited(sender)} />
                </li>
              ))}
            </ul>
          )}
          {edited && <SenderSheet sender={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
        </Card>
      )}
    </Loaded>
  )
}
