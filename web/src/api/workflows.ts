import { queryOptions } from '@tanstack/react-query'
import { api, data, type Schemas } from './client'

export type Workflow = Schemas['WorkflowOut']
export type WorkflowVersion = Schemas['WorkflowVersionOut']
export type NodeSpecification = Schemas['NodeSpecificationOut']
export type WorkflowDefinition = Schemas['WorkflowDefinition']

export const workflowKeys = {
  all: ['workflows'] as const,
  one: (id: number) => ['workflows', 'one', id] as const,
  versions: (id: number) => ['workflows', 'one', id, 'versions'] as const,
  nodes: ['workflows', 'nodes'] as const,
}

const MOST = 200

export const workflowsQuery = () =>
  queryOptions({
    queryKey: workflowKeys.all,
    queryFn: async () => (await data(api.GET('/api/workflows', { params: { query: { limit: MOST } } }))).items,
  })

export const workflowQuery = (id: number) =>
  queryOptions({
    queryKey: workflowKeys.one(id),
    queryFn: () => data(api.GET('/api/workflows/{workflow_id}', { params: { path: { workflow_id: id } } })),
  })

/** Newest first. */
export const workflowVersionsQuery = (id: number) =>
  queryOptions({
    queryKey: workflowKeys.versions(id),
    queryFn: () => data(api.GET('/api/workflows/{workflow_id}/versions', { params: { path: { workflow_id: id } } })),
  })

/** The node library; it changes only with the program. */
export const nodeSpecificationsQuery = () =>
  queryOptions({
    queryKey: workflowKeys.nodes,
    queryFn: () => data(api.GET('/api/workflows/nodes')),
    staleTime: Number.POSITIVE_INFINITY,
  })
