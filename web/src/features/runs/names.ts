import type { NodeSpecification, WorkflowDefinition } from '@/api/workflows'
import { ownId } from '@/components/runs/words'
import { type GraphNode, graphOf } from '@/components/workflow-canvas/graph'
import { ERROR } from '@/components/workflow-canvas/outcomes'
import { humanize } from '@/lib/format'
import { scopeOf } from './visits'

/** What the steps of a definition are called, by their paths: also those within sub-workflows. */
export class Names {
  private readonly known = new Map<string, GraphNode | undefined>()

  constructor(
    private readonly definition: WorkflowDefinition,
    private readonly specifications: NodeSpecification[],
  ) {}

  node(path: string): GraphNode | undefined {
    if (!this.known.has(path)) {
      const { prefix, definition } = scopeOf(this.definition, path)
      for (const node of graphOf(definition, this.specifications)) this.known.set(prefix + node.id, node)
      if (!this.known.has(path)) this.known.set(path, undefined)
    }
    return this.known.get(path)
  }

  of(path: string): { label: string; icon: string | undefined } {
    const node = this.node(path)
    return { label: node?.label ?? humanize(ownId(path)), icon: node?.specification?.icon }
  }

  /** What a way to leave a step is called. */
  outcome(path: string, name: string): string {
    if (name === ERROR) return 'On error'
    return this.node(path)?.outcomes.find((outcome) => outcome.name === name)?.label ?? humanize(name)
  }
}
