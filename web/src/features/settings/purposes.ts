import { humanize } from '@/lib/format'

const NAMES: Record<string, string> = {
  '': 'Kept as sums only',
  read: 'Reading what leads write',
  reply: 'Answering',
  suggestion: 'Suggesting answers',
  summary: 'Summing up',
  sms: 'First texts and tests',
  qualify_company: 'Qualifying companies',
  enrich: 'Enriching leads',
  bdr: 'Outreach drafts',
}

/** What a model call was for. */
export const purposeName = (purpose: string): string => NAMES[purpose] ?? humanize(purpose)
