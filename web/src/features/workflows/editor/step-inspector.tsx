import { Copy, Ellipsis, Power, Trash2 } from 'lucide-react'
import { useMemo } from 'react'
import type { NodeSpecification } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { Input, Textarea } from '@/components/ui/input'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu'
import { Notice } from '@/components/ui/states'
import { NodeIcon } from '@/components/workflow-canvas/icons'
import { NOTE } from '@/components/workflow-canvas/outcomes'
import type { Commands } from './commands'
import { type DocNode, type Specifications, setData } from './document'
import { FieldRow } from './field-row'
import { ownFields } from './options'
import { ParamField } from './param-field'
import type { Problem } from './problems'
import { POLICY } from './schema'
import { StepDocs, StepPolicy } from './step-policy'
import { StepTrial } from './step-trial'
import { StepWays } from './step-ways'
import { useEditorStore } from './store'
import { renameStep, titleOf } from './titles'
import type { Pin, Pins } from './use-pins'

interface StepInspectorProps {
  node: DocNode
  specifications: Specifications
  commands: Commands
  problems: Problem[]
  leadId: number | undefined
  pins: Pins
  onPin: Pin
}

/** Everything about one step: its name, parameters, outcomes, policy, documentation, and a trial of it alone. */
export function StepInspector({ node, specifications, commands, problems, leadId, pins, onPin }: StepInspectorProps) {
  const store = useEditorStore()
  const specification = specifications.get(node.type)
  const fields = useMemo(() => ownFields(specification?.params, POLICY), [specification])
  const isDisabled = node.data.disabled === true
  const names = new Set(fields.map((field) => field.name))
  // What is wrong with a field is said at the field.
  const elsewhere = problems.filter(({ parameter }) => !names.has(parameter?.split('.')[0] ?? ''))
  const set = (name: string, value: unknown) =>
    store.edit((doc) => {
      const { [name]: _, ...rest } = doc.nodes.find((one) => one.id === node.id)?.data ?? {}
      return setData(doc, node.id, value === undefined ? rest : { ...rest, [name]: value }, specifications)
    }, `${node.id}.${name}`)
  if (node.type === NOTE) return <NoteInspector node={node} onText={(text) => set('text', text)} commands={commands} />
  return (
    <section aria-labelledby="step-title" className="grid grid-cols-1 gap-4">
      <header className="flex items-start gap-2.5">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
          <NodeIcon name={specification?.icon} className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          <h2 id="step-title" className="truncate font-semibold text-sm">
            {titleOf(node, specification)}
          </h2>
          <p className="text-muted-foreground text-xs">
            {specification?.label ?? 'Unknown kind of step'} · <code>{node.id}</code>
          </p>
        </div>
        <StepMenu commands={commands} isDisabled={isDisabled} canDisable={!specification?.ends_run} />
      </header>
      <Standing specification={specification} isDisabled={isDisabled} problems={elsewhere} />
      <FieldRow label="Name">
        {(ids) => (
          <Input
            {...ids}
            maxLength={120}
            placeholder={specification?.label}
            value={typeof node.data.label === 'string' ? node.data.label : ''}
            onChange={(event) => store.edit((doc) => renameStep(doc, node.id, event.target.value), `${node.id}.label`)}
          />
        )}
      </FieldRow>
      {fields.map((field) => (
        <ParamField
          key={`${node.id} ${field.name}`}
          field={field}
          path={field.name}
          value={node.data[field.name]}
          onChange={(value) => set(field.name, value)}
        />
      ))}
      <StepWays node={node} specifications={specifications} />
      <StepPolicy key={node.id} node={node} specification={specification} onChange={set} />
      <StepTrial
        key={`trial ${node.id}`}
        node={node}
        specification={specification}
        leadId={leadId}
        pins={pins}
        onPin={(pinned) => onPin(node.id, pinned)}
      />
      {specification && <StepDocs specification={specification} />}
    </section>
  )
}

interface StandingProps {
  specification: NodeSpecification | undefined
  isDisabled: boolean
  problems: Problem[]
}

function Standing({ specification, isDisabled, problems }: StandingProps) {
  return (
    <>
      {!specification && (
        <Notice tone="warning">
          This version of Outrider does not know steps of this kind; the workflow can’t run here.
        </Notice>
      )}
      {specification?.unavailable && <Notice tone="warning">{specification.unavailable}</Notice>}
      {isDisabled && <Notice>This step is off: runs pass it by and leave by its ordinary outcome.</Notice>}
      {problems.length > 0 && (
        <Notice tone="danger">
          <ul className="grid gap-1">
            {problems.map((problem) => (
              <li key={`${problem.parameter} ${problem.words}`}>
                {problem.words} {problem.remedy}
              </li>
            ))}
          </ul>
        </Notice>
      )}
    </>
  )
}

function StepMenu({
  commands,
  isDisabled,
  canDisable,
}: {
  commands: Commands
  isDisabled: boolean
  canDisable: boolean
}) {
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label="Actions for this step">
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent>
        {canDisable && (
          <MenuItem onSelect={() => commands.toggle()}>
            <Power /> {isDisabled ? 'Switch on' : 'Switch off'}
          </MenuItem>
        )}
        <MenuItem onSelect={() => commands.duplicate()}>
          <Copy /> Duplicate
        </MenuItem>
        <MenuSeparator />
        <MenuItem isDangerous onSelect={() => commands.remove()}>
          <Trash2 /> Delete
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}

function NoteInspector({
  node,
  onText,
  commands,
}: {
  node: DocNode
  onText: (text: string) => void
  commands: Commands
}) {
  return (
    <section aria-labelledby="step-title" className="grid gap-4">
      <header className="flex items-center justify-between">
        <h2 id="step-title" className="font-semibold text-sm">
          Note
        </h2>
        <StepMenu commands={commands} isDisabled={false} canDisable={false} />
      </header>
      <FieldRow label="Text" hint="For people only; runs don’t see it.">
        {(ids) => (
          <Textarea
            {...ids}
            className="min-h-40"
            value={typeof node.data.text === 'string' ? node.data.text : ''}
            onChange={(event) => onText(event.target.value)}
          />
        )}
      </FieldRow>
    </section>
  )
}
