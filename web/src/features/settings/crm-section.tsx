import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Contact, Plus } from 'lucide-react'
import { useState } from 'react'
import { crmAccountsQuery, crmConnectionsQuery } from '@/api/crm'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/states'
import { useTopics } from '@/live/use-live'
import { ConnectSheet } from './crm/connect-sheet'
import { ConnectionCard } from './crm/connection-card'
import { SheetsCard } from './crm/sheets-card'
import { Loaded } from './loaded'

/** CRMs that leads are kept in step with, and spreadsheets. */
export default function CrmSection() {
  const accounts = useQuery(crmAccountsQuery())
  const connections = useQuery(crmConnectionsQuery())
  const [isConnecting, setConnecting] = useState(false)
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  useTopics('crm')
  const show = (connection: number | undefined, tab?: string) =>
    navigate({ to: '/settings/$section', params: { section: 'crm' }, search: { connection, tab }, replace: true })
  const connect = (
    <Button variant="primary" onClick={() => setConnecting(true)} disabled={!accounts.data}>
      <Plus /> Connect a CRM
    </Button>
  )
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Loaded query={connections}>
        {(all) => {
          const shown = all.find((one) => one.id === search.connection) ?? all[0]
          return (
            <>
              <Card>
                <CardHeader
                  title="CRM"
                  description="Contacts come in as leads; texts, outcomes and opt-outs go back."
                  actions={all.length > 0 && connect}
                />
                {all.length === 0 ? (
                  <EmptyState icon={Contact} title="No CRM is connected" actions={connect}>
                    HubSpot, Salesforce, or any system with webhooks. Without one, leads live here alone.
                  </EmptyState>
                ) : (
                  <ul className="flex flex-wrap gap-1 border-t p-2">
                    {all.map((one) => (
                      <li key={one.id}>
                        <Button
                          variant={one.id === shown?.id ? 'secondary' : 'ghost'}
                          aria-current={one.id === shown?.id || undefined}
                          onClick={() => show(one.id)}
                        >
                          {one.name}
                        </Button>
                      </li>
                    ))}
                  </ul>
                )}
              </Card>
              {shown && (
                <ConnectionCard
                  key={shown.id}
                  connection={shown}
                  tab={search.tab ?? 'mapping'}
                  onTab={(tab) => show(shown.id, tab)}
                  onRemoved={() => show(undefined)}
                />
              )}
            </>
          )
        }}
      </Loaded>
      <SheetsCard />
      {isConnecting && accounts.data && (
        <ConnectSheet
          accounts={accounts.data}
          onConnected={(one) => show(one.id)}
          onClose={() => setConnecting(false)}
        />
      )}
    </div>
  )
}
