import { useQuery } from '@tanstack/react-query'
import { agentsQuery, toolsQuery } from '@/api/agents'
import { listsQuery } from '@/api/lists'
import { modelsQuery } from '@/api/models'
import { endpointsQuery } from '@/api/outgoing-webhooks'
import { workflowsQuery } from '@/api/workflows'
import { NOTE } from '@/components/workflow-canvas/outcomes'
import { type FormField, fieldsOf } from './schema'
import { useDoc } from './store'
import { titleOf } from './titles'

export interface Option {
  value: string
  label: string
}

/** What there is to choose from under this name; null if nothing is known by it. */
export function useOptions(name: string | undefined, byId: boolean): Option[] | null {
  const doc = useDoc()
  const agents = useQuery({ ...agentsQuery(), enabled: name === 'agents' }).data
  const lists = useQuery({ ...listsQuery(), enabled: name === 'lists' }).data
  const models = useQuery({ ...modelsQuery(), enabled: name === 'models' }).data
  const endpoints = useQuery({ ...endpointsQuery(), enabled: name === 'webhooks' }).data
  const workflows = useQuery({ ...workflowsQuery(), enabled: name === 'workflows' }).data
  const tools = useQuery({ ...toolsQuery(), enabled: name === 'tools' }).data
  const option = (id: number | string, label: string, key: string = label): Option => ({
    value: byId ? String(id) : key,
    label,
  })
  switch (name) {
    case 'agents':
      return agents?.map((one) => option(one.id, one.name)) ?? []
    case 'lists':
      return lists?.map((one) => option(one.id, one.name)) ?? []
    case 'models':
      return models?.map((one) => option(one.name, one.name)) ?? []
    case 'tools':
      return tools?.map((one) => option(one.name, one.name)) ?? []
    case 'webhooks':
      return endpoints?.map((one) => option(one.id, one.url)) ?? []
    case 'workflows':
      return workflows?.map((one) => option(one.id, one.name)) ?? []
    case 'nodes':
      return doc.nodes
        .filter((node) => node.type !== NOTE)
        .map((node) => ({ value: node.id, label: `${titleOf(node, null)} (${node.id})` }))
    default:
      return null
  }
}

/** Fields of a schema that are shown as a step's own. */
export const ownFields = (schema: unknown, hidden: ReadonlySet<string>): FormField[] =>
  fieldsOf(schema).filter((field) => !hidden.has(field.name))
