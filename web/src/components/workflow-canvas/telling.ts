/** What a step does, in a few words: the lines it shows on the canvas. */
import type { NodeSpecification } from '@/api/workflows'
import { formatDateTime, humanize, plural } from '@/lib/format'
import { type Data, NOTE } from './outcomes'
import { isRecord } from './records'
import { daysWords, hoursWords, listed, plainText, shareWords, spanWords, valueWords } from './value-words'

/** More than these are counted. */
const MOST_LINES = 3

/** What is set, or usual. */
type Read = (name: string) => unknown
type Teller = (read: Read) => (string | false | undefined)[]

const text = (value: unknown): string => (typeof value === 'string' ? plainText(value) : '')
const words = (value: unknown): string => (value === undefined || value === null ? '' : valueWords(value))
const records = (value: unknown): Data[] => (Array.isArray(value) ? value.filter(isRecord) : [])
const quoted = (value: unknown): string => text(value) && `“${text(value)}”`
const before = (prefix: string, rest: string): string => rest && `${prefix} ${rest}`

const span = (read: Read): string => spanWords(read('amount'), read('unit'))
const atMost = (read: Read): string => before('at most', span(read)) || 'as long as it takes'
const within = (read: Read): string => before('within', hoursWords(read('within')))
const task = (read: Read): string => text(read('task')) || text(read('prompt'))

const WAITS: Record<string, Teller> = {
  for: (read) => [`wait ${span(read)}`, within(read)],
  until: (read) => [`until ${momentWords(read('until')) || 'a moment that is not set yet'}`],
  time_of_day: (read) => [`until ${words(read('time_of_day'))} on ${daysWords(read('days'))}`],
  business_hours: (read) => [`until business hours${before(':', hoursWords(read('within') ?? {}))}`],
}

function momentWords(value: unknown): string {
  const said = text(value)
  return /^\d{4}-\d\d-\d\d/.test(said) ? formatDateTime(said) : said
}

const TELLERS: Record<string, Teller> = {
  approval: (read) => [
    quoted(read('title')),
    `${text(read('assignee')) || 'anybody'} decides`,
    read('amount') === null ? 'as long as it takes' : atMost(read),
  ],
  bdr: (read) => [task(read)],
  book_meeting: (read) => [
    quoted(read('title')),
    listed([
      before('at', momentWords(read('start'))),
      before('from', momentWords(read('after'))),
      before('until', momentWords(read('before'))),
      before('in the', text(read('part_of_day'))),
    ]) || 'the first free time',
  ],
  branch: (read) => {
    const cases = records(read('cases'))
    if (cases.length === 1) return [`if ${text(cases[0]?.condition) || '…'}`]
    return cases.map((one) => `${nameOf(one)}: if ${text(one.condition) || '…'}`)
  },
  creative_agent: (read) => [task(read) || quoted(read('template'))],
  crm_sync: (read) => [
    listed([
      read('push_fields') !== false && 'the lead’s fields',
      text(read('subject')) && `note “${text(read('subject'))}”`,
    ]),
    `to ${words(read('connections')) || 'every CRM'}`,
  ],
  deterministic_agent: (read) => [
    task(read),
    before('with', toolWords(read('tools'))),
    before('always', toolWords(read('always'))),
  ],
  enrichment: (read) => [task(read), read('fill_empty_fields') === true && 'fills empty fields'],
  growth_analysis: (read) => [task(read)],
  handoff: (read) => [before('to', text(read('to'))), text(read('reason'))],
  list: (read) => [before('put on', words(read('add'))), before('take off', words(read('remove')))],
  marketing_plan: (read) => [task(read)],
  notify: (read) => [quoted(read('title')), before('also to', words(read('to'))), read('urgent') === true && 'urgent'],
  parallel: (read) => [`${plural(records(read('branches')).length, 'branch', 'branches')} at the same time`],
  qualify: (read) => [
    task(read),
    before('qualified from', words(read('threshold'))),
    read('store') === true && 'stores score and tier',
  ],
  send_template: (read) => [quoted(read('text')), quoted(read('closing_line'))],
  sms: (read) => [text(read('prompt')) || quoted(read('template'))],
  split: (read) => [shareWords(records(read('variants')))],
  sub_workflow: (read) =>
    typeof read('workflow_id') === 'number'
      ? [`workflow ${read('workflow_id')}, ${read('version') ? `version ${read('version')}` : 'its latest version'}`]
      : [],
  tag: (read) => [before('give', words(read('add'))), before('take away', words(read('remove')))],
  transform: (read) => records(read('fields')).map((one) => valueWords(one)),
  update_lead: (read) => [...records(read('fields')), ...records(read('attributes'))].map((one) => valueWords(one)),
  validate: (read) => [
    before(
      'needs',
      listed(
        [read('require_name') !== false && 'a name', read('require_email') === true && 'an e-mail address'],
        ' and ',
      ),
    ),
  ],
  voice: (read) => [
    quoted(read('title')) || text(read('script')),
    read('by') === 'agent' ? 'an agent calls' : `${text(read('assignee')) || 'a person'} calls`,
    listed([atMost(read), within(read)]),
  ],
  wait: (read) => WAITS[String(read('mode') ?? 'for')]?.(read) ?? [],
  wait_for_reply: (read) => [atMost(read), within(read)],
  webhook: (read) => [
    `${words(read('method'))} ${text(read('url')).replace(/^https?:\/\//, '') || '…'}`,
    typeof read('credential') === 'number' && 'with a credential',
    read('wait_for_answer') !== false && 'waits for the answer',
  ],
}

const nameOf = (item: Data): string => text(item.label) || humanize(text(item.name))
const toolWords = (value: unknown): string =>
  (Array.isArray(value) ? value : []).map((tool) => humanize(String(tool)).toLowerCase()).join(', ')

/**
 * The lines of a step: sentences where the kind is known, else what is set by its labels. What nobody set is told as
 * usual, so that a new step says what it would do.
 */
export function tellStep(
  type: string,
  data: Data,
  specification: NodeSpecification | null,
  parameters: readonly { label: string; value: string }[],
): string[] {
  if (type === NOTE) return []
  const properties = isRecord(specification?.params.properties) ? specification.params.properties : {}
  const read: Read = (name) => {
    if (name in data) return data[name]
    const property = properties[name]
    return isRecord(property) ? property.default : undefined
  }
  const teller = Object.hasOwn(TELLERS, type) ? TELLERS[type] : undefined
  const told = teller
    ? teller(read).filter((line): line is string => !!line)
    : parameters.map(({ label, value }) => `${label}: ${value}`)
  if (told.length <= MOST_LINES) return told
  return [...told.slice(0, MOST_LINES - 1), `and ${told.length - MOST_LINES + 1} more`]
}
