import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { type Credential, credentialsQuery } from '@/api/credentials'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/states'
import { useTopics } from '@/live/use-live'
import { CredentialRow } from './credential-row'
import { CredentialSheet } from './credential-sheet'
import { Loaded } from './loaded'

/** Secrets that steps of workflows send to other systems. */
export default function CredentialsSection() {
  const [edited, setEdited] = useState<Credential | 'new' | null>(null)
  const query = useQuery(credentialsQuery())
  useTopics('credentials')
  const add = (
    <Button variant="primary" onClick={() => setEdited('new')}>
      <Plus /> Add credential
    </Button>
  )
  return (
    <Loaded query={query}>
      {(credentials) => (
        <Card>
          <CardHeader
            title="Keys, tokens and passwords"
            description="Steps of workflows name one; its secret goes to its own hosts only and is shown nowhere."
            actions={credentials.length > 0 && add}
          />
          {credentials.length === 0 ? (
            <EmptyState icon={KeyRound} title="No credentials" actions={add}>
              Add the key of another system, and webhook steps can call it without anybody seeing the key.
            </EmptyState>
          ) : (
            <ul className="divide-y border-t">
              {credentials.map((credential) => (
                <li key={credential.id}>
                  <CredentialRow credential={credential} onEdit={() => setEdited(credential)} />
                </li>
              ))}
            </ul>
          )}
          {edited && <CredentialSheet credential={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
        </Card>
      )}
    </Loaded>
  )
}
