import { createContext, use } from 'react'
import type { WorkflowDefinition } from '@/api/workflows'
import type { VariableGroup } from './variables'

/** What the fields of a step's form need to know about its surroundings. */
export interface FormContext {
  nodeId: string
  /** What expressions of this step can name. */
  variables: VariableGroup[]
  /** The lead that expressions are tried on. */
  leadId: number | undefined
  definition: () => WorkflowDefinition
  /** Output of steps, as test data or from the last dry run. */
  outputs: Record<string, Record<string, unknown>>
  /** Problems of parameters, by path: `cases.0.name`. */
  problems: ReadonlyMap<string, string>
}

export const StepFormContext = createContext<FormContext>({
  nodeId: '',
  variables: [],
  leadId: undefined,
  definition: () => ({ nodes: [], edges: [] }) as unknown as WorkflowDefinition,
  outputs: {},
  problems: new Map(),
})

export const useStepForm = (): FormContext => use(StepFormContext)
