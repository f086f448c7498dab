import { describe, expect, it } from 'vitest'
import type { NodeSpecification } from '@/api/workflows'
import { tellStep } from './telling'
import { daysWords, hoursWords, valueWords } from './value-words'

const usual = (properties: Record<string, unknown>) =>
  ({
    params: {
      properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, { default: value }])),
    },
  }) as unknown as NodeSpecification

const WAIT = usual({ mode: 'for', amount: 1, unit: 'days', until: null, time_of_day: '09:00', within: null })
const REPLY = usual({ amount: 3, unit: 'days', within: null })
const CALL = usual({ by: 'person', title: '', assignee: '', amount: 2, unit: 'days', within: null })
const HOURS = { start: '09:00', end: '17:00' }
const CASES = [
  { name: 'warm', label: 'Warm', condition: 'lead.score >= 70' },
  { name: 'cold', label: 'Cold', condition: 'lead.score < 30' },
]

/** Kind, what is set, the lines; what is usual where it matters. */
const TABLE: [string, Record<string, unknown>, string[], NodeSpecification?][] = [
  [
    'approval',
    { title: 'Visit {{ lead.name }}?', assignee: 'Sales', amount: 2, unit: 'days' },
    ['“Visit {{ lead.name }}?”', 'Sales decides', 'at most 2 days'],
  ],
  ['approval', { title: 'Go?', amount: null }, ['“Go?”', 'anybody decides', 'as long as it takes']],
  ['bdr', { task: 'Prefer a\n text.' }, ['Prefer a text.']],
  ['book_meeting', { title: 'Roof check', part_of_day: 'morning' }, ['“Roof check”', 'in the morning']],
  ['book_meeting', { title: 'Roof check' }, ['“Roof check”', 'the first free time']],
  ['branch', { cases: CASES.slice(0, 1) }, ['if lead.score >= 70']],
  ['branch', { cases: CASES }, ['Warm: if lead.score >= 70', 'Cold: if lead.score < 30']],
  ['branch', { cases: [...CASES, ...CASES] }, ['Warm: if lead.score >= 70', 'Cold: if lead.score < 30', 'and 2 more']],
  ['creative_agent', { task: 'Ask about spring' }, ['Ask about spring']],
  ['crm_sync', { subject: 'Interested' }, ['the lead’s fields, note “Interested”', 'to every CRM']],
  ['crm_sync', { push_fields: false, subject: 'Hot', connections: ['Books'] }, ['note “Hot”', 'to Books']],
  ['deterministic_agent', { tools: ['get_lead_facts', 'update_lead'] }, ['with get lead facts, update lead']],
  ['enrichment', { fill_empty_fields: true }, ['fills empty fields']],
  ['finalize', {}, []],
  ['growth_analysis', { task: 'Signs of hiring' }, ['Signs of hiring']],
  ['handoff', { to: 'bdr', reason: 'The draft is written.' }, ['to bdr', 'The draft is written.']],
  ['join', {}, []],
  ['list', { add: ['Warm', 'Roofs'], remove: ['New'] }, ['put on Warm, Roofs', 'take off New']],
  ['marketing_plan', { task: 'Three touches' }, ['Three touches']],
  ['note', { text: 'Mind this', width: 300 }, []],
  [
    'notify',
    { title: 'Hot', to: [{ channel: 'email', address: 'a@example.com' }], urgent: true },
    ['“Hot”', 'also to a@example.com', 'urgent'],
  ],
  ['parallel', { branches: [{ name: 'a' }, { name: 'b' }] }, ['2 branches at the same time']],
  ['qualify', { store: true }, ['qualified from 55', 'stores score and tier'], usual({ threshold: 55 })],
  ['send_template', { text: 'Hi {{ lead.first_name }}' }, ['“Hi {{ lead.first_name }}”']],
  ['sms', { prompt: 'You write for Maya.' }, ['You write for Maya.']],
  [
    'split',
    {
      variants: [
        { name: 'a', label: 'A', weight: 1 },
        { name: 'b', label: 'B', weight: 1 },
      ],
    },
    ['A 50 % · B 50 %'],
  ],
  [
    'split',
    {
      variants: [
        { name: 'a', weight: 3 },
        { name: 'b', weight: 1 },
      ],
    },
    ['A 75 % · B 25 %'],
  ],
  ['sub_workflow', { workflow_id: 3, definition: { nodes: [] } }, ['workflow 3, its latest version']],
  ['tag', { add: ['interested'] }, ['give interested']],
  [
    'transform',
    { fields: [{ name: 'greeting', value: "{{ lead.score > 1 ? 'a' : 'b' }}" }] },
    ["greeting = lead.score > 1 ? 'a' : 'b'"],
  ],
  [
    'update_lead',
    { fields: [{ field: 'tier', value: 'A' }], attributes: [{ name: 'interest', value: '{{ run.id }}' }] },
    ['Tier = A', 'interest = run.id'],
  ],
  ['validate', { require_email: true }, ['needs a name and an e-mail address']],
  ['validate', { require_name: false }, []],
  [
    'voice',
    { script: 'Offer two times.', amount: 1, within: HOURS },
    ['Offer two times.', 'a person calls', 'at most 1 day, within 09:00–17:00 on weekdays'],
    CALL,
  ],
  ['wait', {}, ['wait 1 day'], WAIT],
  ['wait', { amount: 2, within: HOURS }, ['wait 2 days', 'within 09:00–17:00 on weekdays'], WAIT],
  ['wait', { amount: '{{ lead.attributes.delay }}', unit: 'hours' }, ['wait lead.attributes.delay hours'], WAIT],
  ['wait', { mode: 'time_of_day', days: ['saturday', 'sunday'] }, ['until 09:00 on weekends'], WAIT],
  ['wait', { mode: 'until', until: '{{ run.started_at }}' }, ['until run.started_at'], WAIT],
  ['wait', { mode: 'business_hours' }, ['until business hours: 09:00–17:00 on weekdays'], WAIT],
  ['wait_for_reply', {}, ['at most 3 days'], REPLY],
  ['webhook', { method: 'POST', url: 'https://example.com/leads' }, ['POST example.com/leads', 'waits for the answer']],
  [
    'webhook',
    { method: 'GET', url: 'https://example.com', wait_for_answer: false, credential: 3 },
    ['GET example.com', 'with a credential'],
  ],
]

describe('tellStep', () => {
  it.each(TABLE)('%s %j', (type, data, lines, specification) => {
    expect(tellStep(type, data, specification ?? null, [])).toEqual(lines)
  })
  it('tells kinds of other packages by their labels', () => {
    const parameters = [{ label: 'Depth', value: '3' }]
    expect(tellStep('mystery', { depth: 3 }, null, parameters)).toEqual(['Depth: 3'])
    expect(tellStep('constructor', {}, null, [])).toEqual([])
  })
  it('never shows JSON', () => {
    const lines = TABLE.flatMap(([type, data, , specification]) => tellStep(type, data, specification ?? null, []))
    expect(lines.filter((line) => /[{[]"|":|\[object/.test(line))).toEqual([])
  })
})

describe('valueWords', () => {
  it('knows the days of the week', () => {
    expect(daysWords(['friday', 'monday'])).toBe('Mon, Fri')
    expect(
      hoursWords({ ...HOURS, days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] }),
    ).toBe('09:00–17:00 every day')
  })
  it('tells lists of things line by line', () => {
    expect(valueWords(CASES)).toBe('Warm: if lead.score >= 70\nCold: if lead.score < 30')
    expect(valueWords([{ name: 'discount', label: 'Discount', type: 'number', required: true }])).toBe(
      'Discount (number)',
    )
    expect(valueWords({ depth: 3, is_deep: true })).toBe('Depth: 3, Is deep: yes')
  })
})
