import type { Fact, Rule } from '@/api/notifications'

export const EVERY_FACT = '*'
export const CHANNEL_LABELS: Record<Rule['channel'], string> = {
  in_app: 'In Outrider',
  email: 'E-mail',
  slack: 'Slack',
  sms: 'Text message',
}

/** What a rule's target is called, and how it is written. */
export const TARGETS = {
  email: { label: 'E-mail address', placeholder: 'name@example.com' },
  slack: { label: 'Slack channel', placeholder: '#sales' },
  sms: { label: 'Phone number', placeholder: '+12025550143' },
} as const

/** Where the notifications of a rule go. */
export const targetOf = (rule: Pick<Rule, 'channel' | 'target'>): string =>
  rule.target || (rule.channel === 'slack' ? 'the webhook’s own channel' : '')

/** The rules that send something, of each fact and of all facts. */
export function rulesByFact(rules: Rule[]): Map<string, Rule[]> {
  const found = new Map<string, Rule[]>()
  for (const rule of rules) if (rule.channel !== 'in_app') found.set(rule.fact, [...(found.get(rule.fact) ?? []), rule])
  return found
}

export const labelOf = (facts: Pick<Fact, 'name' | 'label'>[], name: string): string =>
  name === EVERY_FACT ? 'Everything' : (facts.find((fact) => fact.name === name)?.label ?? name)
