import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Difference, differenceQuery, type Side } from '@/api/workflow-drafts'
import {
  type NodeSpecification,
  type Workflow,
  type WorkflowDefinition,
  type WorkflowVersion,
  workflowVersionsQuery,
} from '@/api/workflows'
import { placedDoc } from './comparing'
import type { Doc } from './document'
import { useDoc } from './store'
import type { DraftSaver } from './use-draft'

export interface Sides {
  from: Side
  to: Side
}

/** Two sides and what leads from one to the other, as the server tells it. */
export interface Comparison extends Sides {
  before: Doc
  after: Doc
  difference: Difference | undefined
  error: Error | null
  retry: () => void
}

export const sideName = (side: Side): string => (side === 'draft' ? 'the draft' : `version ${side}`)

/** What is compared now; null while nothing is, or while the versions are not known yet. */
export function useComparison(
  workflow: Workflow,
  specifications: NodeSpecification[],
  draft: DraftSaver,
  sides: Sides | null,
): Comparison | null {
  const doc = useDoc()
  const versions = useQuery({ ...workflowVersionsQuery(workflow.id), enabled: sides !== null }).data
  const { from = 'draft', to = 'draft' } = sides ?? {}
  const query = useQuery({
    ...differenceQuery(workflow.id, from, to, draft.revision()),
    enabled: sides !== null,
    // While the draft is edited its last difference stays, until the next one is there.
    placeholderData: keepPreviousData,
  })
  const before = useSide(from, versions, specifications, doc)
  const after = useSide(to, versions, specifications, doc)
  if (!sides || !before || !after) return null
  return { ...sides, before, after, difference: query.data, error: query.error, retry: () => void query.refetch() }
}

function useSide(
  side: Side,
  versions: WorkflowVersion[] | undefined,
  specifications: NodeSpecification[],
  draft: Doc,
): Doc | null {
  const definition = versions?.find(({ version }) => version === side)?.definition as WorkflowDefinition | undefined
  const stored = useMemo(() => definition && placedDoc(definition, specifications), [definition, specifications])
  return side === 'draft' ? draft : (stored ?? null)
}
