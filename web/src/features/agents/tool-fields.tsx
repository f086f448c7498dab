import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import { type AgentType, toolsQuery } from '@/api/agents'
import { Badge } from '@/components/ui/badge'
import { Checkbox } from '@/components/ui/toggles'
import type { Draft } from './draft'

/** What it may look up, and what it may ask for. */
export function ToolFields({ form, agentType }: { form: UseFormReturn<Draft>; agentType: AgentType }) {
  const id = useId()
  const tools = (useQuery(toolsQuery()).data ?? []).filter((tool) => tool.agent_types.includes(agentType))
  const chosen = form.watch('tools')
  const toggle = (name: string, isChosen: boolean) => {
    const next = isChosen ? [...chosen, name] : chosen.filter((known) => known !== name)
    form.setValue('tools', next, { shouldDirty: true })
  }
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 font-medium text-[13px]">Tools</legend>
      {tools.map((tool) => (
        <div key={tool.name} className="flex items-start gap-2.5">
          <Checkbox
            id={`${id}-${tool.name}`}
            aria-describedby={`${id}-${tool.name}-hint`}
            className="mt-0.5"
            checked={chosen.includes(tool.name)}
            onCheckedChange={(isChosen) => toggle(tool.name, isChosen === true)}
          />
          <div className="min-w-0 text-[13px]">
            <label htmlFor={`${id}-${tool.name}`} className="font-medium font-mono text-xs">
              {tool.name}
            </label>{' '}
            {tool.has_effects && <Badge tone="warning">asks for an effect</Badge>}
            <p id={`${id}-${tool.name}-hint`} className="text-muted-foreground">
              {tool.description}
            </p>
          </div>
        </div>
      ))}
      {form.formState.errors.tools?.message && (
        <p role="alert" className="text-[13px] text-danger-text">
          {form.formState.errors.tools.message}
        </p>
      )}
    </fieldset>
  )
}
