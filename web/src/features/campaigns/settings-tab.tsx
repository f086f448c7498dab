import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { agentsQuery } from '@/api/agents'
import { listChoicesQuery } from '@/api/campaign-trials'
import type { Campaign } from '@/api/campaigns'
import { sendersQuery } from '@/api/senders'
import { workflowsQuery } from '@/api/workflows'
import { Card, CardBody, CardHeader } from '@/components/ui/card'
import { Facts } from '@/components/ui/misc'
import { formatDateTime, formatMoney, formatPhone, humanize, modelName, plural } from '@/lib/format'

/** What the campaign was started with. */
export function SettingsTab({ campaign }: { campaign: Campaign }) {
  const workflows = useQuery(workflowsQuery())
  const agents = useQuery(agentsQuery())
  const senders = useQuery(sendersQuery())
  const lists = useQuery(listChoicesQuery())
  const workflow = workflows.data?.find(({ id, name }) =>
    campaign.workflow_id === null ? name === 'standard' : id === campaign.workflow_id,
  )
  const agent = agents.data?.find(({ id }) => id === campaign.agent_id)
  const chosen = senders.data?.filter(({ id }) => campaign.sender_ids.includes(id)) ?? []
  const listNames = (campaign.audience.list_ids ?? []).map(
    (id) => lists.data?.find((list) => list.id === id)?.name ?? `List ${id}`,
  )
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Part
        title="Message"
        items={[
          ['Speaks for', campaign.sender_name || 'Nobody in particular'],
          ['Template', <Words key="template">{campaign.sms_template || 'None: the model writes freely'}</Words>],
          ['Instructions', <Words key="prompt">{campaign.sms_system_prompt || 'None'}</Words>],
          ['Model', campaign.model ? modelName(campaign.model) : "The installation's own"],
          ['Temperature', String(campaign.sms_temperature / 100)],
        ]}
      />
      <Part
        title="Audience"
        items={[
          ['Lists', listNames.join(', ') || 'None'],
          ['Filter', filterWords(campaign)],
          ['Single leads', plural(campaign.audience.lead_ids?.length ?? 0, 'lead')],
          ['Consent', campaign.require_consent ? 'Only leads with consent to texts' : 'Not asked for'],
        ]}
      />
      <Part
        title="Workflow and answers"
        items={[
          ['Channel', campaign.agent_type === 'sms' ? 'Texts' : humanize(campaign.agent_type)],
          ['Workflow', campaign.workflow_config ? "The campaign's own" : (workflow?.name ?? 'standard')],
          ['Answers', campaign.auto_reply ? 'By an agent' : 'Wait for a person'],
          ['Agent', agent?.name ?? "The workflow's own"],
        ]}
      />
      <Part
        title="Time and money"
        items={[
          [
            'Hours',
            campaign.quiet_hours
              ? `${campaign.quiet_hours.start}–${campaign.quiet_hours.end} at the lead's place`
              : "As the law of the lead's place allows",
          ],
          ['Scheduled for', campaign.scheduled_at ? formatDateTime(campaign.scheduled_at) : 'At once'],
          ['Budget', campaign.budget ? formatMoney(campaign.budget) : 'No limit'],
          [
            'Senders',
            chosen.length
              ? chosen.map((sender) => sender.label || formatPhone(sender.address)).join(', ')
              : 'Every enabled one',
          ],
          ['Started', formatDateTime(campaign.started_at)],
          ['Launched', formatDateTime(campaign.launched_at)],
          ['Ended', formatDateTime(campaign.completed_at)],
        ]}
      />
    </div>
  )
}

const Words = ({ children }: { children: ReactNode }) => <span className="whitespace-pre-wrap">{children}</span>

function Part({ title, items }: { title: string; items: [string, ReactNode][] }) {
  return (
    <Card>
      <CardHeader title={title} />
      <CardBody>
        <Facts items={items} />
      </CardBody>
    </Card>
  )
}

/** `Tier: hot, warm; Country: US`. */
function filterWords({ audience }: Campaign): string {
  const parts = Object.entries(audience.filter ?? {})
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${humanize(name)}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
  return parts.join('; ') || 'None'
}
