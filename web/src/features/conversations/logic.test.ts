import { beforeEach, describe, expect, it } from 'vitest'
import type { Decision, Message, Note, Suppression } from '@/api/conversations'
import { adviceFor, blockOf, sendWords, suggestionWords } from './composing'
import { hasDraft, keepDraft, readDraft } from './drafts'
import { dayWords, type Entry, entriesOf } from './entries'
import { standingOf } from './handling'
import { snoozeChoices } from './snooze'
import { waitOf } from './waiting'

const text = (id: number, at: string, author = 'lead'): Message =>
  ({ id, author, direction: author === 'lead' ? 'in' : 'out', body: `text ${id}`, created_at: at }) as Message
const note = (id: number, at: string): Note => ({ id, conversation_id: 1, author: 'Ada', body: 'note', created_at: at })
const at = (minutes: number, day = 4) => new Date(new Date(2026, 4, day, 12).getTime() + minutes * 60_000).toISOString()
const none = { messages: [], hasOlder: false, notes: [], decisions: [], optOuts: [], sending: [] }
const keys = (entries: Entry[]) => entries.map((entry) => entry.key.replace(/^day-.*/, 'day'))

describe('entries of a thread', () => {
  it('are in the order of time, by day', () => {
    const messages = [text(3, at(0, 5)), text(2, at(10)), text(1, at(0))]
    const entries = entriesOf({ ...none, messages, notes: [note(7, at(5))] })
    expect(keys(entries)).toEqual(['day', 'message-1', 'note-7', 'message-2', 'day', 'message-3'])
  })
  it('join what one author wrote without a pause', () => {
    const messages = [
      text(5, at(30), 'agent'),
      text(4, at(6), 'agent'),
      text(3, at(5), 'agent'),
      text(2, at(1)),
      text(1, at(0)),
    ]
    const joined = entriesOf({ ...none, messages }).filter((entry) => entry.kind === 'message' && entry.isContinued)
    expect(keys(joined)).toEqual(['message-2', 'message-4'])
  })
  it('keep a note between two texts from joining them', () => {
    const messages = [text(2, at(2)), text(1, at(0))]
    const entries = entriesOf({ ...none, messages, notes: [note(9, at(1))] })
    expect(entries.some((entry) => entry.kind === 'message' && entry.isContinued)).toBe(false)
  })
  it('hold back what is older than the oldest loaded text', () => {
    const parts = { ...none, messages: [text(2, at(10))], notes: [note(1, at(0)), note(2, at(20))] }
    expect(keys(entriesOf({ ...parts, hasOlder: true }))).toEqual(['day', 'message-2', 'note-2'])
    expect(keys(entriesOf(parts))).toEqual(['day', 'note-1', 'message-2', 'note-2'])
  })
  it('tell of opting out and in', () => {
    const optOut = {
      id: 3,
      message_id: 2,
      reason: 'stop',
      evidence: 'STOP',
      created_at: at(5),
      lifted_at: at(9),
      lifted_by: 'inbound text',
    } as unknown as Suppression
    const entries = entriesOf({
      ...none,
      messages: [text(3, at(9.05)), text(2, at(6)), text(1, at(0))],
      optOuts: [optOut],
    })
    expect(keys(entries)).toEqual(['day', 'message-1', 'message-2', 'suppressed-3', 'message-3', 'lifted-3'])
    expect(entries.flatMap((entry) => (entry.kind === 'event' ? [entry.text] : []))).toEqual([
      'Opted out: “STOP”',
      'May be texted again',
    ])
  })
  it('tell who decided what', () => {
    const decided = (id: number, decision: Decision['decision'], actor: string | null, detail: string | null) => ({
      id,
      decision,
      actor,
      detail,
      created_at: at(id),
    })
    const decisions = [
      decided(1, 'handed_over', null, 'no_sender'),
      decided(2, 'taken_over', 'Ada', null),
      decided(3, 'assigned', 'Ada', 'Bo'),
      decided(4, 'unassigned', 'Bo', 'Bo'),
      decided(5, 'resolved', 'Bo', null),
    ]
    const entries = entriesOf({ ...none, messages: [text(1, at(0))], decisions })
    expect(entries.flatMap((entry) => (entry.kind === 'event' ? [entry.text] : []))).toEqual([
      'Left to a person: no enabled sender may send the agent’s answer',
      'Ada took over from the agent',
      'Ada assigned it to Bo',
      'Bo gave it up',
      'Bo resolved it',
    ])
  })
  it('show what is on its way last, whatever this clock says', () => {
    const entries = entriesOf({ ...none, messages: [text(1, at(30))], sending: [{ body: 'Hi', at: at(10) }] })
    expect(entries.at(-1)).toMatchObject({ kind: 'sending', body: 'Hi' })
  })
  it('name days', () => {
    const now = new Date(2026, 4, 5, 8)
    expect(dayWords(at(0, 5), now)).toBe('Today')
    expect(dayWords(at(0, 4), now)).toBe('Yesterday')
    expect(dayWords(at(0, 1), now)).toMatch(/Friday/)
    expect(dayWords('2024-01-05T12:00:00Z', now)).toBe('5 January 2024')
  })
})

describe('waiting', () => {
  const now = Date.parse(at(0))
  const ago = (minutes: number) =>
    waitOf({ first_unanswered_at: new Date(now - minutes * 60_000).toISOString(), status: 'open' }, now)
  it('grows amber and red', () => {
    expect([0, 14, 15, 59, 60, 60 * 49].map(ago)).toEqual([
      { label: 'now', tone: 'neutral' },
      { label: '14 min', tone: 'neutral' },
      { label: '15 min', tone: 'warning' },
      { label: '59 min', tone: 'warning' },
      { label: '1 h', tone: 'danger' },
      { label: '2 d', tone: 'danger' },
    ])
  })
  it('is over when answered or resolved', () => {
    expect(waitOf({ first_unanswered_at: null, status: 'open' }, now)).toBeNull()
    expect(waitOf({ first_unanswered_at: at(0), status: 'resolved' }, now)).toBeNull()
  })
})

describe('snoozing', () => {
  it('ends in the future, earliest first, and on a Sunday tomorrow is Monday', () => {
    const saturday = new Date(2026, 4, 9, 15)
    const choices = snoozeChoices(saturday)
    const times = choices.map((choice) => choice.until.getTime())
    expect(times).toEqual(times.toSorted((one, other) => one - other))
    expect(times.every((time) => time > saturday.getTime())).toBe(true)
    expect(choices[3]?.until).toEqual(new Date(2026, 4, 11, 9))
    expect(snoozeChoices(new Date(2026, 4, 10, 8)).map((choice) => choice.label)).not.toContain('Tomorrow morning')
    expect(snoozeChoices(new Date(2026, 4, 11, 8))[3]?.until).toEqual(new Date(2026, 4, 18, 9))
  })
})

describe('drafts', () => {
  beforeEach(() => {
    localStorage.clear()
    dispatchEvent(new StorageEvent('storage'))
  })
  it('are kept per thread, reply and note apart', () => {
    keepDraft(1, { mode: 'note', reply: 'Hello', note: 'call her' })
    keepDraft(2, { mode: 'reply', reply: 'Hi', note: '' })
    expect(readDraft(1)).toMatchObject({ mode: 'note', reply: 'Hello', note: 'call her' })
    expect(readDraft(3).reply).toBe('')
    expect([1, 2, 3].map(hasDraft)).toEqual([true, true, false])
  })
  it('of another window count here, too', () => {
    localStorage.setItem('outrider.drafts', JSON.stringify({ 9: { mode: 'reply', reply: 'there', note: '', at: 1 } }))
    dispatchEvent(new StorageEvent('storage'))
    keepDraft(8, { reply: 'here' })
    expect([readDraft(9).reply, readDraft(8).reply]).toEqual(['there', 'here'])
    expect(localStorage.getItem('outrider.drafts')).toMatch(/there/)
  })
  it('are forgotten when empty, and the oldest when there are too many', () => {
    keepDraft(1, { mode: 'reply', reply: 'x', note: '' }, 1)
    keepDraft(1, { mode: 'reply', reply: ' ', note: '' }, 2)
    expect(hasDraft(1)).toBe(false)
    for (let id = 1; id <= 201; id += 1) keepDraft(id, { mode: 'reply', reply: 'x', note: '' }, id)
    expect([hasDraft(1), hasDraft(2), hasDraft(201)]).toEqual([false, true, true])
  })
})

describe('composing', () => {
  it('says why nothing can be sent', () => {
    expect(blockOf({ is_suppressed: true, phone: '+12025550101' })?.title).toMatch(/must not be contacted/)
    expect(blockOf({ is_suppressed: false, phone: null })?.title).toMatch(/no phone number/)
    expect(blockOf({ is_suppressed: false, phone: '+12025550101' })).toBeNull()
  })
  it('offers plain characters only where they help', () => {
    const long = `It’s ${'a'.repeat(100)}`
    expect(adviceFor(long).plain).toEqual({ body: long.replace('’', "'"), segments: 1 })
    expect(adviceFor(long).count.segments).toBe(2)
    expect(adviceFor('It’s ж').plain).toBeUndefined()
    expect(adviceFor('plain').plain).toBeUndefined()
  })
  it('counts what it takes', () => {
    expect(sendWords(1)).toBe('Send')
    expect(sendWords(3)).toBe('Send 3 segments')
    expect(suggestionWords({ model: 'offline', input_tokens: 0, output_tokens: 0, cost: '0' })).toBe(
      'Offline model · $0.00',
    )
    expect(suggestionWords({ model: 'm', input_tokens: 1000, output_tokens: 20, cost: '0.0012' })).toBe(
      'm · 1,020 tokens · $0.0012',
    )
  })
})

describe('standing', () => {
  const calm = {
    is_suppressed: false,
    phone: '+12025550101',
    needs_person: false,
    needs_person_reason: null,
    needs_person_detail: null,
    handled_by: 'agent' as const,
    paused_by: null,
    agent_is_writing: false,
  }
  it('puts what forbids before what waits', () => {
    expect(standingOf(calm, 'me').kind).toBe('agent')
    expect(standingOf({ ...calm, handled_by: 'person', paused_by: 'me' }, 'me').text).toMatch(/paused by you/)
    expect(standingOf({ ...calm, handled_by: 'person', paused_by: 'Ada' }, 'me').text).toMatch(/paused by Ada/)
    expect(standingOf({ ...calm, handled_by: 'person' }, 'me').text).toBe('The agent left this to a person.')
    const needs = {
      ...calm,
      needs_person: true,
      needs_person_reason: 'asked_for_person' as const,
      needs_person_detail: 'asks for the contract',
    }
    expect(standingOf(needs, 'me').text).toBe('Needs a person: Asks for the contract.')
    expect(
      standingOf({ ...needs, needs_person_reason: 'model_failed', needs_person_detail: null }, 'me'),
    ).toMatchObject({
      kind: 'needs-person',
      text: 'Needs a person: The language model failed.',
    })
    const quoted = 'They ask about the price. They wrote: “How much?”'
    expect(standingOf({ ...needs, needs_person_detail: quoted }, 'me').text).toBe(`Needs a person: ${quoted}`)
    expect(standingOf({ ...needs, is_suppressed: true }, 'me').kind).toBe('opted-out')
    expect(standingOf({ ...calm, phone: null }, 'me').kind).toBe('no-number')
  })
  it('does not tell a person that a person is needed while one has it', () => {
    const mine = {
      ...calm,
      handled_by: 'person' as const,
      paused_by: 'me',
      needs_person: true,
      needs_person_reason: 'with_person' as const,
    }
    expect(standingOf(mine, 'me').kind).toBe('paused')
  })
})
