import { type QueryKey, type UseQueryOptions, useQuery } from '@tanstack/react-query'
import { agentsQuery, toolsQuery } from '@/api/agents'
import { ApiProblem } from '@/api/client'
import { crmConnectionsQuery } from '@/api/crm'
import { listsQuery } from '@/api/lists'
import { modelsQuery } from '@/api/models'
import { endpointsQuery } from '@/api/outgoing-webhooks'
import { workflowOptionsQuery } from '@/api/workflow-drafts'
import { workflowsQuery } from '@/api/workflows'
import type { Option, Options } from '@/components/ui/combobox'
import { NOTE } from '@/components/workflow-canvas/outcomes'
import { type FormField, fieldsOf } from './schema'
import { useDoc } from './store'
import { titleOf } from './titles'

/** Of these, one that is not there yet can be named as well. */
const TAKES_OWN = new Set(['tags', 'users', 'lists'])
const NODES = 'nodes'
/** The server's answer to a name that it does not know. */
const UNKNOWN = 422

type Source = UseQueryOptions<unknown, Error, Option[]>

const read = <Item, Key extends QueryKey>(
  query: UseQueryOptions<Item[], Error, Item[], Key>,
  told: (item: Item) => { id?: number | string; name: string },
  isById: boolean,
): Source =>
  ({
    ...query,
    select: (items: Item[]) =>
      items.map((item) => {
        const { id, name } = told(item)
        return { value: isById ? String(id) : name, label: name }
      }),
  }) as unknown as Source

/** Where the choices of this name are read; the server knows all that no other list of the API has. */
function sourceOf(name: string, isById: boolean): Source {
  switch (name) {
    case 'agents':
      return read(agentsQuery(), ({ id, name }) => ({ id, name }), isById)
    case 'lists':
      return read(listsQuery(), ({ id, name }) => ({ id, name }), isById)
    case 'models':
      return read(modelsQuery(), ({ name }) => ({ id: name, name }), isById)
    case 'tools':
      return read(toolsQuery(), ({ name }) => ({ id: name, name }), isById)
    case 'crms':
      return read(crmConnectionsQuery(), ({ id, name }) => ({ id, name }), isById)
    case 'webhooks':
      return read(endpointsQuery(), ({ id, url }) => ({ id, name: url }), isById)
    case 'workflows':
      return read(workflowsQuery(), ({ id, name }) => ({ id, name }), isById)
    default:
      return workflowOptionsQuery(name) as unknown as Source
  }
}

/**
 * What there is to choose from under this name. Words of one's own do where neither we nor the server know the name:
 * a node of another package may ask for what only it understands.
 */
export function useOptions(name: string, isById: boolean): Options {
  const doc = useDoc()
  const isOfDoc = name === NODES
  const query = useQuery({ ...sourceOf(name, isById), enabled: !isOfDoc })
  const takesOwn = TAKES_OWN.has(name)
  const retry = () => void query.refetch()
  if (isOfDoc) {
    const items = doc.nodes
      .filter((node) => node.type !== NOTE)
      .map((node) => ({ value: node.id, label: `${titleOf(node, null)} (${node.id})` }))
    return { items, state: 'known', retry, takesOwn }
  }
  const isUnknown = query.error instanceof ApiProblem && query.error.status === UNKNOWN
  if (isUnknown) return { items: [], state: 'known', retry, takesOwn: true }
  const state = query.data ? 'known' : query.isError ? 'failed' : 'loading'
  return { items: query.data ?? [], state, retry, takesOwn }
}

/** Fields of a schema that are shown as a step's own. */
export const ownFields = (schema: unknown, hidden: ReadonlySet<string>): FormField[] =>
  fieldsOf(schema).filter((field) => !hidden.has(field.name))
