import { useQuery } from '@tanstack/react-query'
import { Mail, MessageSquare, Plus, Smartphone, Trash2 } from 'lucide-react'
import { useState } from 'react'
import {
  type Channel,
  channelsQuery,
  type Fact,
  factsQuery,
  type Rule,
  rulesQuery,
  useChangeRule,
  useDeleteRule,
  useSaveRule,
} from '@/api/notifications'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { Switch } from '@/components/ui/toggles'
import { formatAgo } from '@/lib/format'
import { toastProblem } from '@/lib/toast'
import { ChannelCard } from './channel-card'
import { Loaded } from './loaded'
import { RuleSheet } from './rule-sheet'
import { CHANNEL_LABELS, EVERY_FACT, rulesByFact, targetOf } from './rule-words'

/** Who is told of what. */
export default function NotificationsSection() {
  const facts = useQuery(factsQuery())
  const rules = useQuery(rulesQuery())
  const channels = useQuery(channelsQuery())
  const [added, setAdded] = useState<string | null>(null)
  return (
    <div className="grid gap-6">
      <Loaded query={facts}>
        {(known) => (
          <Loaded query={rules}>
            {(all) => (
              <Card>
                <CardHeader
                  title="What you are told of"
                  description="The bell shows it to everybody here; e-mail, Slack and texts go to whom you name."
                  actions={
                    <Button variant="primary" onClick={() => setAdded(EVERY_FACT)}>
                      <Plus /> Add rule
                    </Button>
                  }
                />
                <FactList facts={known} rules={all} onAdd={setAdded} />
                {added !== null && (
                  <RuleSheet fact={added} facts={known} channels={channels.data ?? []} onClose={() => setAdded(null)} />
                )}
              </Card>
            )}
          </Loaded>
        )}
      </Loaded>
      <section className="grid gap-3">
        <h2 className="font-semibold text-[15px]">Channels</h2>
        <Loaded query={channels}>
          {(list) => (
            <div className="grid gap-3 lg:grid-cols-3">
              {list.map((channel: Channel) => (
                <ChannelCard key={channel.channel} channel={channel} />
              ))}
            </div>
          )}
        </Loaded>
      </section>
    </div>
  )
}

interface FactListProps {
  facts: Fact[]
  rules: Rule[]
  onAdd: (fact: string) => void
}

function FactList({ facts, rules, onAdd }: FactListProps) {
  const byFact = rulesByFact(rules)
  const everything = byFact.get(EVERY_FACT) ?? []
  return (
    <ul className="divide-y border-t">
      {everything.length > 0 && (
        <li className="grid gap-2 px-4 py-3">
          <p className="font-medium text-[13px]">Everything</p>
          <RuleList rules={everything} label="everything" />
        </li>
      )}
      {facts.map((fact) => (
        <li key={fact.name} className="grid gap-2 px-4 py-3">
          <div className="flex items-start gap-3">
            <div className="min-w-0 flex-1">
              <p className="font-medium text-[13px]">{fact.label}</p>
              <p className="text-[13px] text-muted-foreground">{fact.meaning}</p>
            </div>
            <ShownSwitch fact={fact} />
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Tell somebody of: ${fact.label}`}
              onClick={() => onAdd(fact.name)}
            >
              <Plus />
            </Button>
          </div>
          <RuleList rules={byFact.get(fact.name) ?? []} label={fact.label} />
        </li>
      ))}
    </ul>
  )
}

function ShownSwitch({ fact }: { fact: Fact }) {
  const save = useSaveRule()
  const isShown = save.isPending ? save.variables.enabled : fact.is_shown
  return (
    <span className="flex shrink-0 items-center gap-2 text-muted-foreground text-xs">
      <span aria-hidden className="hidden sm:inline">
        In the bell
      </span>
      <Switch
        aria-label={`Show in the bell: ${fact.label}`}
        checked={isShown ?? fact.is_shown}
        onCheckedChange={(enabled) =>
          save.mutate({ fact: fact.name, channel: 'in_app', target: '', enabled }, { onError: toastProblem })
        }
      />
    </span>
  )
}

const ICONS = { email: Mail, slack: MessageSquare, sms: Smartphone, in_app: MessageSquare }

function RuleList({ rules, label }: { rules: Rule[]; label: string }) {
  if (rules.length === 0) return null
  return (
    <ul className="grid gap-1.5" aria-label={`Who is told: ${label}`}>
      {rules.map((rule) => (
        <li key={rule.id}>
          <RuleRow rule={rule} />
        </li>
      ))}
    </ul>
  )
}

function RuleRow({ rule }: { rule: Rule }) {
  const change = useChangeRule()
  const remove = useDeleteRule()
  const Icon = ICONS[rule.channel]
  const target = targetOf(rule)
  const name = `${CHANNEL_LABELS[rule.channel]} to ${target}`
  const last = rule.last_delivery
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md bg-surface-sunken px-3 py-1.5 text-[13px]">
      <Icon className="size-4 text-muted-foreground" aria-hidden />
      <span className="min-w-0 break-all">
        {CHANNEL_LABELS[rule.channel]} <span className="text-muted-foreground">to</span> {target}
      </span>
      {last?.state === 'failed' && (
        <Badge tone="danger" title={last.error ?? undefined}>
          Last one failed {formatAgo(last.at)}
        </Badge>
      )}
      {last?.state === 'queued' && last.error && <Badge tone="warning">Is tried again</Badge>}
      <span className="ml-auto flex items-center gap-2">
        <Switch
          aria-label={name}
          checked={change.isPending ? change.variables.enabled : rule.enabled}
          onCheckedChange={(enabled) => change.mutate({ id: rule.id, enabled }, { onError: toastProblem })}
        />
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Delete: ${name}`}
          isBusy={remove.isPending}
          onClick={() => remove.mutate(rule.id, { onError: toastProblem })}
        >
          <Trash2 />
        </Button>
      </span>
      {last?.state === 'failed' && <p className="w-full text-danger-text text-xs">{last.error}</p>}
    </div>
  )
}
