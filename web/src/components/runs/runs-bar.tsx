import { useQuery } from '@tanstack/react-query'
import { campaignUsesQuery } from '@/api/campaign-uses'
import type { Run } from '@/api/runs'
import { type WorkflowDefinition, workflowQuery, workflowsQuery } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { FilterChip, FilterChoice, FilterSearch } from '@/components/ui/filters'
import { humanize } from '@/lib/format'
import { NO_FILTER, type RunsSearch, runFilterOf } from './filter'
import { RUN_STATUSES } from './words'

interface RunsBarProps {
  search: RunsSearch
  set: (change: RunsSearch) => void
  /** What is chosen already by where the list stands. */
  fixed: RunsSearch
  /** The workflow whose steps can be chosen. */
  workflowId: number | undefined
  /** Some run of the list, which knows what things are called. */
  known: Run | undefined
}

/** Which runs are shown. */
export function RunsBar({ search, set, fixed, workflowId, known }: RunsBarProps) {
  const isFiltered = Object.keys(runFilterOf(search)).length > 0
  return (
    <div className="flex flex-wrap items-center gap-2 pb-3">
      <FilterSearch
        label="Search the leads of the runs"
        placeholder="Lead, company or number"
        value={search.search ?? ''}
        onSearch={(words) => set({ search: words || undefined })}
      />
      <FilterChoice
        label="Status of the run"
        any="Any status"
        value={search.status}
        choices={Object.entries(RUN_STATUSES).map(([value, { label }]) => [value, label])}
        onChange={(status) => set({ status })}
      />
      {!fixed.workflow && !fixed.campaign && <WorkflowChoice search={search} set={set} />}
      {!fixed.campaign && <CampaignChoice search={search} set={set} />}
      {workflowId && <StepChoice workflowId={workflowId} search={search} set={set} />}
      <FilterSearch
        label="Search in what went wrong"
        placeholder="Error text"
        value={search.error ?? ''}
        onSearch={(words) => set({ error: words || undefined })}
      />
      {search.lead && !fixed.lead && (
        <FilterChip onRemove={() => set({ lead: undefined })} label="Runs of all leads">
          {(known?.lead_id === search.lead && known.lead_name) || `Lead ${search.lead}`}
        </FilterChip>
      )}
      {search.node && !workflowId && (
        <FilterChip onRemove={() => set({ node: undefined })} label="At any step">
          At {humanize(search.node)}
        </FilterChip>
      )}
      {search.passed && (
        <FilterChip onRemove={() => set({ passed: undefined })} label="Wherever they came">
          Came to {humanize(search.passed)}
        </FilterChip>
      )}
      {search.effect && (
        <FilterChip onRemove={() => set({ effect: undefined })} label="Whatever happened outside">
          Somebody has to say what happened
        </FilterChip>
      )}
      {isFiltered && (
        <Button variant="ghost" onClick={() => set(NO_FILTER)}>
          Show all
        </Button>
      )}
    </div>
  )
}

interface PartProps {
  search: RunsSearch
  set: (change: RunsSearch) => void
}

function WorkflowChoice({ search, set }: PartProps) {
  const workflows = useQuery(workflowsQuery()).data ?? []
  return (
    <FilterChoice
      label="Workflow"
      any="Any workflow"
      value={search.workflow?.toString()}
      choices={workflows.map(({ id, name }) => [String(id), name])}
      onChange={(id) => set({ workflow: id ? Number(id) : undefined, node: undefined, passed: undefined })}
    />
  )
}

function CampaignChoice({ search, set }: PartProps) {
  const campaigns = useQuery(campaignUsesQuery()).data ?? []
  return (
    <FilterChoice
      label="Campaign"
      any="Any campaign"
      value={search.campaign?.toString()}
      choices={campaigns.map(({ id, name }) => [String(id), name])}
      onChange={(id) => set({ campaign: id ? Number(id) : undefined })}
    />
  )
}

function StepChoice({ workflowId, search, set }: PartProps & { workflowId: number }) {
  const workflow = useQuery(workflowQuery(workflowId)).data
  const nodes = (workflow?.config as WorkflowDefinition | undefined)?.nodes ?? []
  const choices = nodes
    .filter((node) => node.type !== 'note')
    .map((node): [string, string] => [node.id, String(node.data?.label || humanize(node.id))])
  const isKnown = !search.node || choices.some(([id]) => id === search.node)
  return (
    <FilterChoice
      label="Step at which they wait or failed"
      any="At any step"
      value={search.node}
      // A step of an earlier version, or within a sub-workflow.
      choices={isKnown ? choices : [...choices, [search.node ?? '', humanize(search.node ?? '')]]}
      onChange={(node) => set({ node })}
    />
  )
}
