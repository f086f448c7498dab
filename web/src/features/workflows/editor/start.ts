import type { NodeSpecification, Workflow, WorkflowDefinition } from '@/api/workflows'
import type { Drawing } from '@/components/workflow-canvas/layout'
import { type Doc, docOf, isPlaced, specificationsByType } from './document'
import { drawingOf, tidy } from './tidy'
import { unsaved } from './use-draft'

/** What an editor begins with. */
export interface Start {
  doc: Doc
  /** What the server has: another one than `doc` if something could not be stored the last time. */
  stored: Doc
  /** Where the layout puts everything. */
  drawing: Drawing
}

export function startOf(workflow: Workflow, specifications: NodeSpecification[]): Start {
  const byType = specificationsByType(specifications)
  const read = (definition: WorkflowDefinition): Doc => {
    const doc = docOf(definition, byType)
    return isPlaced(definition) ? doc : tidy(doc, specifications)
  }
  const stored = read((workflow.draft ?? workflow.config) as unknown as WorkflowDefinition)
  const kept = unsaved(workflow)
  const doc = kept ? read(kept) : stored
  return { doc, stored, drawing: drawingOf(doc, specifications) }
}
