/** What is known about a lead, in the order and the words in which people read it. */
import type { LeadFact } from '@/api/knowledge'
import { humanize } from '@/lib/format'

const WORDS: Record<string, string> = {
  linkedin_url: 'LinkedIn',
  email_status: 'E-mail status',
  previous_company: 'Worked before at',
  founded_year: 'Founded',
  region: 'State',
  contact_page: 'Contact page',
  social: 'Profiles',
  funding_total: 'Funding',
  funding_round: 'Funding rounds',
  technology: 'Technologies',
  keyword: 'Keywords',
  offer: 'Offers',
  competitor: 'Competitors',
  note: 'News',
}
const ORDER = [
  'name',
  'title',
  'seniority',
  'department',
  'description',
  'industry',
  'employees',
  'revenue',
  'founded_year',
  'funding_stage',
  'funding_total',
  'funding_round',
  'headcount_growth',
  'note',
  'competitor',
  'offer',
  'technology',
  'keyword',
]

export interface Known {
  key: string
  label: string
  /** One entry per value; sources that agree are together. */
  values: { text: string; facts: LeadFact[] }[]
}

export const factLabel = (name: string): string => WORDS[name] ?? humanize(name)

/** The facts about one subject, same names together, the surest value first. */
export function known(facts: LeadFact[], subject: LeadFact['subject']): Known[] {
  const groups = new Map<string, Known>()
  for (const fact of [...facts].sort((a, b) => b.confidence - a.confidence)) {
    if (fact.subject !== subject) continue
    const group = groups.get(fact.name) ?? { key: fact.name, label: factLabel(fact.name), values: [] }
    const same = group.values.find((value) => value.text.toLowerCase() === fact.value.toLowerCase())
    if (same) same.facts.push(fact)
    else group.values.push({ text: fact.value, facts: [fact] })
    groups.set(fact.name, group)
  }
  const place = (name: string) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)
  return [...groups.values()].sort((a, b) => place(a.key) - place(b.key))
}

/** An address that may be opened; what providers say is no permission for any other scheme. */
export const safeLink = (text: string): string | null => (/^https?:\/\/[^\s]+$/i.test(text) ? text : null)
