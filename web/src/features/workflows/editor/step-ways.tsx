import { Plus } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { ERROR, type Outcome, outcomesOf } from '@/components/workflow-canvas/outcomes'
import { targetsOf } from './adding'
import { whyNot } from './connecting'
import { connect, type DocNode, disconnect, type Specifications } from './document'
import { useDoc, useEditorStore } from './store'
import { titleOf } from './titles'

const ERROR_OUTCOME = {
  name: ERROR,
  label: 'On error',
  description: 'The step could not do its work. Where nothing follows, the run ends as failed.',
  required: false,
}

/** What becomes of a run that leaves by an outcome that leads nowhere. */
const endOf = (outcome: Outcome): string => {
  if (outcome.name === ERROR) return 'The run ends as failed'
  return outcome.required ? 'Nothing follows' : 'The run ends'
}

/** Where each outcome leads, to choose by keyboard as well as by a line on the canvas. */
export function StepWays({ node, specifications }: { node: DocNode; specifications: Specifications }) {
  const store = useEditorStore()
  const doc = useDoc()
  const specification = specifications.get(node.type)
  if (!specification || specification.ends_run) return null
  const outcomes = [...outcomesOf(specification, node.data), ERROR_OUTCOME]
  return (
    <section aria-labelledby="step-ways" className="grid gap-2.5">
      <h3 id="step-ways" className="font-medium text-[13px]">
        What follows
      </h3>
      <ul className="grid gap-2">
        {outcomes.map((outcome) => {
          const edge = doc.edges.find((one) => one.source === node.id && one.sourceHandle === outcome.name)
          const lead = (target: string) =>
            store.edit((before) => {
              if (target) return connect(before, { source: node.id, sourceHandle: outcome.name, target })
              return edge ? disconnect(before, edge) : before
            })
          const without = edge ? disconnect(doc, edge) : doc
          const targets = targetsOf(doc, node.id).filter(
            (one) =>
              one.id === edge?.target ||
              whyNot(without, { source: node.id, sourceHandle: outcome.name, target: one.id }, specifications) === null,
          )
          return (
            <li key={outcome.name} className="grid gap-1">
              <span className="flex items-baseline justify-between gap-2 text-[13px]">
                {outcome.label}
                {outcome.required && !edge && <span className="text-danger-text text-xs">must lead on</span>}
              </span>
              <span className="flex items-center gap-1">
                <NativeSelect
                  aria-label={`${outcome.label} leads to`}
                  value={edge?.target ?? ''}
                  onChange={(event) => lead(event.target.value)}
                >
                  <option value="">{endOf(outcome)}</option>
                  {targets.map((target) => (
                    <option key={target.id} value={target.id}>
                      {titleOf(target, specifications.get(target.type))} ({target.id})
                    </option>
                  ))}
                </NativeSelect>
                <Button
                  variant="ghost"
                  size="icon"
                  aria-label={`Add a step after ${outcome.label}`}
                  onClick={() =>
                    store.choose(
                      edge
                        ? { kind: 'edge', edge }
                        : {
                            kind: 'at',
                            position: { x: node.position.x, y: node.position.y + 200 },
                            from: { source: node.id, sourceHandle: outcome.name },
                          },
                    )
                  }
                >
                  <Plus />
                </Button>
              </span>
              {outcome.description && <span className="text-muted-foreground text-xs">{outcome.description}</span>}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
