import { Pin, PinOff, Play } from 'lucide-react'
import { useState } from 'react'
import { useRunNode } from '@/api/workflow-drafts'
import type { NodeSpecification } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { NativeSelect, Textarea } from '@/components/ui/input'
import { ErrorState, Notice } from '@/components/ui/states'
import { outcomesOf } from '@/components/workflow-canvas/outcomes'
import { isRecord } from '@/components/workflow-canvas/records'
import type { DocNode } from './document'
import { FieldRow } from './field-row'
import { Section } from './step-policy'
import { StepResult, TriedTexts } from './tried'
import { outputsOf, type Pinned, type Pins } from './use-pins'

interface StepTrialProps {
  node: DocNode
  specification: NodeSpecification | undefined
  leadId: number | undefined
  pins: Pins
  onPin: (pinned: Pinned | undefined) => void
}

/** Runs this step alone on the lead of the preview, and pins an output that stands in for its work in dry runs. */
export function StepTrial({ node, specification, leadId, pins, onPin }: StepTrialProps) {
  const run = useRunNode()
  const pinned = pins[node.id]
  if (!specification || specification.ends_run) return null
  const { [node.id]: _, ...others } = pins
  return (
    <Section title="Try it" isOpen={pinned !== undefined}>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          disabled={leadId === undefined || specification.pauses === true}
          isBusy={run.isPending}
          onClick={() =>
            leadId !== undefined &&
            run.mutate({
              type: node.type,
              data: node.data,
              lead_id: leadId,
              node_id: node.id,
              steps: outputsOf(others),
            })
          }
        >
          <Play /> Run this step
        </Button>
        {run.data && (
          <Button
            size="sm"
            onClick={() => onPin({ output: run.data.step.output, way: run.data.step.outcome || undefined })}
          >
            <Pin /> Pin its output
          </Button>
        )}
        {pinned !== undefined && (
          <Button size="sm" onClick={() => onPin(undefined)}>
            <PinOff /> Unpin
          </Button>
        )}
      </div>
      {specification.pauses ? (
        <p className="text-muted-foreground text-xs">It waits; try it in a dry run of the whole workflow.</p>
      ) : (
        leadId === undefined && <p className="text-muted-foreground text-xs">Choose a lead above to run it on.</p>
      )}
      {run.error && <ErrorState error={run.error} className="py-4" />}
      {run.data && (
        <>
          <StepResult step={run.data.step} />
          <TriedTexts texts={run.data.texts} />
        </>
      )}
      <PinField
        key={JSON.stringify(pinned?.output)}
        pinned={pinned?.output}
        onPin={(output) => onPin(output && { ...pinned, output })}
      />
      {pinned && (
        <FieldRow label="Leaves by" hint="The outcome that dry runs take behind this step.">
          {(ids) => (
            <NativeSelect
              {...ids}
              value={pinned.way ?? ''}
              onChange={(event) => onPin({ ...pinned, way: event.target.value || undefined })}
            >
              <option value="">The ordinary outcome</option>
              {outcomesOf(specification, node.data).map((outcome) => (
                <option key={outcome.name} value={outcome.name}>
                  {outcome.label}
                </option>
              ))}
            </NativeSelect>
          )}
        </FieldRow>
      )}
    </Section>
  )
}

function PinField({
  pinned,
  onPin,
}: {
  pinned: unknown
  onPin: (output: Record<string, unknown> | undefined) => void
}) {
  const [text, setText] = useState(pinned === undefined ? '' : JSON.stringify(pinned, null, 2))
  const [problem, setProblem] = useState('')
  const keep = () => {
    try {
      const output: unknown = text.trim() === '' ? undefined : JSON.parse(text)
      const isOutput = output === undefined || isRecord(output)
      if (isOutput) onPin(output)
      setProblem(isOutput ? '' : 'An output has names: write it in braces.')
    } catch {
      setProblem('This is no JSON.')
    }
  }
  return (
    <>
      <FieldRow
        label="Test data"
        hint="JSON that stands in for the step’s output in dry runs; kept in this browser."
        error={problem}
      >
        {(ids) => (
          <Textarea
            {...ids}
            className="font-mono text-xs"
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.target.value)}
            onBlur={keep}
          />
        )}
      </FieldRow>
      {pinned !== undefined && (
        <Notice>Dry runs in this browser take this instead of running the step; real runs never do.</Notice>
      )}
    </>
  )
}
