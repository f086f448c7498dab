import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { agentsQuery } from '@/api/agents'
import { Field } from '@/components/ui/field'
import { NativeSelect } from '@/components/ui/input'
import type { SectionProps } from './section-props'

const WORK = [
  { field: 'agent_id', type: 'conversation', label: 'Agent that answers' },
  { field: 'qualification_agent_id', type: 'qualification', label: 'Agent that qualifies' },
  { field: 'objection_handler_agent_id', type: 'objection_handler', label: 'Agent that answers doubts' },
  { field: 'scheduler_agent_id', type: 'scheduler', label: 'Agent that agrees on meetings' },
] as const

/** Who does which part of the conversation. */
export function AgentFields({ form, isLocked }: Pick<SectionProps, 'form' | 'isLocked'>) {
  const { draft, problems, set } = form
  const agents = (useQuery(agentsQuery()).data ?? []).filter((agent) => agent.published !== null)
  return (
    <div className="grid gap-4">
      <div className="grid max-w-3xl gap-4 sm:grid-cols-2">
        {WORK.map(({ field, type, label }) => (
          <Field key={field} label={label} error={problems[field]}>
            {(control) => (
              <NativeSelect
                {...control}
                value={draft[field] ?? ''}
                disabled={isLocked(field)}
                onChange={(event) => set({ [field]: event.target.value ? Number(event.target.value) : null })}
              >
                <option value="">
                  {type === 'conversation' ? 'This campaign’s own instructions' : 'The one at work for this'}
                </option>
                {agents
                  .filter((agent) => agent.agent_type === type || agent.id === draft[field])
                  .map((agent) => (
                    <option key={agent.id} value={agent.id}>
                      {agent.name}
                    </option>
                  ))}
              </NativeSelect>
            )}
          </Field>
        ))}
      </div>
      <p className="text-[13px] text-muted-foreground">
        Their instructions, models and guardrails are kept under{' '}
        <Link to="/agents" className="text-primary-text underline underline-offset-4">
          Agents
        </Link>
        ; only published ones can be chosen.
      </p>
    </div>
  )
}
