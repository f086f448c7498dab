import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { nodeSpecificationsQuery, type WorkflowDefinition, workflowsQuery } from '@/api/workflows'
import { humanize } from '@/lib/format'
import { ownId } from './words'

/** What the step of a workflow is called: by its label, else by its kind; its id only where neither is known. */
export type StepNames = (workflowId: number | null, path: string) => string

export function useStepNames(): StepNames {
  const workflows = useQuery(workflowsQuery()).data
  const specifications = useQuery(nodeSpecificationsQuery()).data
  const known = useMemo(() => {
    const kinds = new Map(specifications?.map(({ type, label }) => [type, label]))
    const steps = new Map<string, string>()
    for (const { id, config } of workflows ?? [])
      for (const node of (config as WorkflowDefinition).nodes) {
        const label = node.data?.label
        const name = typeof label === 'string' && label ? label : kinds.get(node.type)
        if (name) steps.set(`${id} ${node.id}`, name)
      }
    return steps
  }, [workflows, specifications])
  return useCallback((workflowId, path) => known.get(`${workflowId} ${path}`) ?? humanize(ownId(path)), [known])
}
