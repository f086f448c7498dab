/** What an expression of a step can name. */

import { NOTE } from '@/components/workflow-canvas/outcomes'
import { isRecord } from '@/components/workflow-canvas/records'
import { humanize } from '@/lib/format'
import { type Doc, earlierThan, type Specifications } from './document'
import { titleOf } from './titles'

export interface Variable {
  /** As it is written: `lead.first_name`. */
  path: string
  label: string
  type: string
  description: string
}

export interface VariableGroup {
  name: string
  variables: Variable[]
}

/** Facts that every run knows, as the server describes them. */
export interface KnownName {
  name: string
  type: string
  description?: string
}

const GROUPS: [string, string][] = [
  ['lead', 'Lead'],
  ['campaign', 'Campaign'],
  ['conversation', 'Conversation'],
  ['run', 'This run'],
]

/** Groups for the picker: facts first, then every step that a run can have met before. */
export function variablesFor(
  doc: Doc,
  nodeId: string,
  specifications: Specifications,
  known: KnownName[],
): VariableGroup[] {
  const facts = GROUPS.map(([root, name]) => ({
    name,
    variables: known.filter((one) => one.name.startsWith(`${root}.`)).map(variableOf),
  }))
  const earlier = earlierThan(doc, nodeId)
  const steps = doc.nodes
    .filter((node) => earlier.has(node.id) && node.type !== NOTE)
    .map((node) => {
      const specification = specifications.get(node.type)
      return {
        name: titleOf(node, specification),
        variables: outputs(specification?.output).map((field) => ({
          ...field,
          path: `${stepPath(node.id)}.${field.path}`,
        })),
      }
    })
  return [...facts, ...steps].filter((group) => group.variables.length > 0)
}

const variableOf = ({ name, type, description = '' }: KnownName): Variable => ({
  path: name,
  label: humanize(name.split('.').slice(1).join(' ')),
  type,
  description,
})

const PLAIN_ID = /^[A-Za-z_]\w*$/

/** An id that is no plain name is written in brackets. */
export const stepPath = (id: string): string => (PLAIN_ID.test(id) ? `steps.${id}` : `steps[${JSON.stringify(id)}]`)

function outputs(schema: unknown): Variable[] {
  if (!isRecord(schema) || !isRecord(schema.properties)) return []
  return Object.entries(schema.properties).map(([name, property]) => {
    const field = isRecord(property) ? property : {}
    return {
      path: name,
      label: typeof field.title === 'string' ? field.title : humanize(name),
      type: typeName(field),
      description: typeof field.description === 'string' ? field.description : '',
    }
  })
}

function typeName(field: Record<string, unknown>): string {
  if (typeof field.type === 'string') return field.type
  const variants = Array.isArray(field.anyOf) ? field.anyOf.filter(isRecord) : []
  const first = variants.find((variant) => variant.type !== 'null')
  return typeof first?.type === 'string' ? first.type : 'value'
}

/** Groups with only what matches the words. */
export function searchVariables(groups: VariableGroup[], words: string): VariableGroup[] {
  const wanted = words.trim().toLowerCase()
  if (!wanted) return groups
  return groups
    .map((group) => ({
      ...group,
      variables: group.variables.filter((one) =>
        `${group.name} ${one.path} ${one.label} ${one.description}`.toLowerCase().includes(wanted),
      ),
    }))
    .filter((group) => group.variables.length > 0)
}
