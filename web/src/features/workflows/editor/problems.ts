import type { Problem as FoundProblem } from '@/api/workflow-drafts'
import { outcomesOf } from '@/components/workflow-canvas/outcomes'
import { type Doc, nodeOf, type Specifications } from './document'
import { titleOf } from './titles'

/** Something that stands in the way of publishing. */
export interface Problem {
  /** The node it is about; absent if it is about the whole. */
  nodeId?: string | undefined
  /** The parameter, as `cases.0.name`. */
  parameter?: string | undefined
  words: string
  remedy: string
}

const FIELD = /^(?:body\.)?(?:config\.)?(nodes|edges)\.(\d+)(?:\.(.*))?$/

/** The server's problems, each with the node it is about. */
export function problemsOf(doc: Doc, found: readonly FoundProblem[], specifications: Specifications): Problem[] {
  return found.map((problem) => {
    const [, where, index, rest = ''] = FIELD.exec(problem.field) ?? []
    const listed = where === 'nodes' ? doc.nodes[Number(index)]?.id : doc.edges[Number(index)]?.source
    // What lies within a sub-workflow is put right there; the step that runs it is what is here.
    const nodeId = problem.node?.split('/')[0] ?? (where ? listed : undefined)
    return {
      nodeId,
      parameter: where === 'nodes' && rest.startsWith('data.') ? rest.slice('data.'.length) : undefined,
      words: sentence(called(problem.problem, doc, nodeId, specifications)),
      remedy: called(problem.remedy ?? '', doc, nodeId, specifications),
    }
  })
}

const OUTCOME = /\boutcome '([^']+)'/gi
const NODE = /\b(?:The )?nodes? '([^']+)'|[A-Z][^().]*\(node '([^']+)'\)/gi
const QUOTED = /'([^']+)'/g

/** The server names steps and outcomes by what the definition calls them; people know them by their titles. */
function called(words: string, doc: Doc, nodeId: string | undefined, specifications: Specifications): string {
  const title = (whole: string, id: string | undefined) => {
    const node = id ? nodeOf(doc, id) : undefined
    return node ? `“${titleOf(node, specifications.get(node.type))}”` : whole
  }
  const source = nodeId ? nodeOf(doc, nodeId) : undefined
  const outcomes = source ? outcomesOf(specifications.get(source.type), source.data) : []
  return words
    .replaceAll(OUTCOME, (whole, name: string) => {
      const known = outcomes.find((outcome) => outcome.name === name)
      return known ? `outcome “${known.label}”` : whole
    })
    .replaceAll(NODE, (whole, id?: string, other?: string) => title(whole, id ?? other))
    .replaceAll(QUOTED, title)
}

/** What the server says of a value ("must be a number") as a sentence. */
const sentence = (words: string): string => {
  const text = words.charAt(0).toUpperCase() + words.slice(1)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

/** How many problems each node has. */
export function problemCounts(problems: readonly Problem[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { nodeId } of problems) if (nodeId) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1)
  return counts
}
