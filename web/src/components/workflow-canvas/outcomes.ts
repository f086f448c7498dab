import type { NodeSpecification } from '@/api/workflows'
import { humanize } from '@/lib/format'

/** One way to leave a node. */
export interface Outcome {
  name: string
  label: string
  description: string
  /** It must be connected. */
  required: boolean
}

/** Every step can fail; where nothing is connected to it, the run ends there. */
export const ERROR = 'error'
/** A sticky note: on the canvas only, it never runs. */
export const NOTE = 'note'

export type Data = Record<string, unknown>

/** The outcomes that a parameter names come first, then the fixed ones: "otherwise" is read last. */
export function outcomesOf(specification: NodeSpecification | null | undefined, data: Data): Outcome[] {
  if (!specification || specification.ends_run || specification.type === NOTE) return []
  const named = namedOutcomes(specification, data)
  const names = new Set([ERROR, ...named.map((outcome) => outcome.name)])
  return [...named, ...specification.handles.filter((handle) => !names.has(handle.name))]
}

function namedOutcomes(specification: NodeSpecification, data: Data): Outcome[] {
  const from = specification.handles_from
  if (!from) return []
  return handleNames(specification, data).map((name, index) => {
    const item = itemsOf(specification, data)[index]
    const label = item && typeof item === 'object' ? (item as Data)[from.label] : undefined
    return {
      name,
      label: typeof label === 'string' && label ? label : humanize(name),
      description: '',
      required: false,
    }
  })
}

function itemsOf(specification: NodeSpecification, data: Data): unknown[] {
  const from = specification.handles_from
  if (!from) return []
  const properties = specification.params.properties as Record<string, { default?: unknown } | undefined> | undefined
  const list = data[from.param] ?? properties?.[from.param]?.default
  return Array.isArray(list) ? list : []
}

/** What the items of the list that makes outcomes are called, in its order. */
export function handleNames(specification: NodeSpecification | null | undefined, data: Data): string[] {
  const from = specification?.handles_from
  if (!specification || !from) return []
  return itemsOf(specification, data).map((item) => {
    const name = item && typeof item === 'object' ? (item as Data)[from.name] : item
    return typeof name === 'string' ? name : ''
  })
}

/** The outcome by which a new step leads on: the first that its parameters name, for "otherwise" is rarely what is meant. */
export const leadingOutcome = (specification: NodeSpecification | null | undefined, data: Data): string =>
  handleNames(specification, data)[0] || ordinaryOutcome(specification, data)

/** The outcome by which a run usually goes on; empty where nothing follows. */
export function ordinaryOutcome(specification: NodeSpecification | null | undefined, data: Data): string {
  return specification?.ordinary_handle || outcomesOf(specification, data)[0]?.name || ''
}
