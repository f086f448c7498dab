import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ExternalLink } from 'lucide-react'
import { workflowsQuery } from '@/api/workflows'
import { RadioCard } from '@/components/ui/radio-card'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { SwitchField } from '@/components/ui/switch-field'
import { AgentFields } from './agent-fields'
import type { SectionProps } from './section-props'

export function WorkflowSection({ campaign, form, isLocked }: SectionProps) {
  const { draft, problems, set } = form
  const workflows = useQuery(workflowsQuery())
  if (workflows.error) return <ErrorState error={workflows.error} onRetry={workflows.refetch} />
  if (!workflows.data) return <SkeletonLines count={6} />
  const standard = workflows.data.find((workflow) => workflow.name === 'standard')
  const chosen = draft.workflow_id ?? standard?.id
  const choose = (id: number) => set({ workflow_id: id === standard?.id ? null : id })
  return (
    <div className="grid gap-6">
      {campaign.workflow_config ? (
        <Notice>This campaign brings a workflow definition of its own, which is used instead of a stored one.</Notice>
      ) : (
        <fieldset disabled={isLocked('workflow_id')} className="grid gap-2">
          <legend className="mb-1.5 font-medium text-[13px]">How each lead is worked</legend>
          {workflows.data.map((workflow) => (
            <RadioCard
              key={workflow.id}
              name="workflow"
              title={workflow.name}
              checked={chosen === workflow.id}
              onChoose={() => choose(workflow.id)}
              isLocked={isLocked('workflow_id')}
              action={
                <Link
                  to="/workflows/$workflowId"
                  params={{ workflowId: workflow.id }}
                  className="shrink-0 rounded p-1 text-muted-foreground hover:text-foreground"
                  aria-label={`Look at the workflow ${workflow.name}`}
                >
                  <ExternalLink className="size-4" aria-hidden />
                </Link>
              }
            >
              {workflow.description}
            </RadioCard>
          ))}
          {problems.workflow_id && (
            <p className="text-[13px] text-danger-text" role="alert">
              {problems.workflow_id}
            </p>
          )}
        </fieldset>
      )}
      <SwitchField
        label="An agent answers what leads write"
        checked={draft.auto_reply}
        disabled={isLocked('auto_reply')}
        onCheckedChange={(auto_reply) => set({ auto_reply })}
      >
        {draft.auto_reply
          ? 'It hands over to a person when it should not go on by itself. Anybody can take over at any time.'
          : 'Every answer waits for a person in the inbox.'}
      </SwitchField>
      {draft.auto_reply && <AgentFields form={form} isLocked={isLocked} />}
    </div>
  )
}
