/** Who can play the person at a handset, and what a person may answer with one click. */
import type { Handset, HandsetText } from '@/api/handset'
import { humanize, plural } from '@/lib/format'

/** The simulator's name for somebody whom the person at the screen plays. */
export const MANUAL = 'manual'

interface Words {
  label: string
  meaning: string
}

const PERSONAS: Record<string, Words> = {
  manual: { label: 'You, at this handset', meaning: 'Nothing is answered until you write.' },
  interested: { label: 'Interested', meaning: 'Asks what it costs, then wants a call.' },
  question: { label: 'Has questions', meaning: 'Asks who writes and how it works before anything else.' },
  objection: { label: 'Objects', meaning: 'Too expensive, no time, has something already.' },
  later: { label: 'Not now', meaning: 'Asks to be written to some other time.' },
  wrong_number: { label: 'Wrong number', meaning: 'Says that the number belongs to somebody else.' },
  stop: { label: 'Opts out', meaning: 'Writes STOP, or says it in words of their own.' },
  help: { label: 'Asks for help', meaning: 'Writes HELP, as the carriers’ rules foresee.' },
  silence: { label: 'Silent', meaning: 'Gets every text and never answers.' },
  landline: { label: 'A landline', meaning: 'Texts to it end as undelivered.' },
  unreachable: { label: 'Out of reach', meaning: 'Texts to it end as undelivered.' },
  filtered: { label: 'Filtered', meaning: 'The carrier drops our texts as unwanted.' },
}

export const personaWords = (name: string): Words =>
  PERSONAS[name] ?? { label: humanize(name), meaning: 'Plays a script of its own.' }

/** Who answers at this handset just now, in one sentence. */
export function playedBy(handset: Pick<Handset, 'persona' | 'persona_is_chosen'>): string {
  const { label, meaning } = personaWords(handset.persona)
  if (handset.persona === MANUAL) return `You play this person. ${meaning}`
  const who = `“${label}” plays this person. ${meaning}`
  return handset.persona_is_chosen
    ? `${who} What you write is sent beside it.`
    : `${who} It falls silent as soon as you begin to write.`
}

export interface QuickAnswer {
  label: string
  body: string
}

export const QUICK_ANSWERS: QuickAnswer[] = [
  { label: 'Interested', body: 'Yes, I’m interested. What does it cost?' },
  { label: 'Question', body: 'Who is this, and how did you get my number?' },
  { label: 'Objection', body: 'Sounds too expensive for us, honestly.' },
  { label: 'Later', body: 'Not a good time. Try me again next week.' },
  { label: 'Wrong number', body: 'You have the wrong number.' },
]

/** What carriers act upon by themselves. */
export const KEYWORDS: QuickAnswer[] = ['STOP', 'HELP', 'START'].map((word) => ({ label: word, body: word }))

/** Switches of the simulator, of which most say how often. */
const FAULTS: Record<string, string> = {
  '429': 'refuses texts as too many',
  '500_before_accept': 'fails before it takes a text',
  reset_before_accept: 'hangs up before it takes a text',
  '500_after_accept': 'takes a text and says that it failed',
  timeout_after_accept: 'takes a text and never answers',
  reset_after_accept: 'takes a text and hangs up',
  slow_seconds: 'answers late',
  list_lag_seconds: 'lists texts late',
  list_fails: 'fails to list texts',
  callback_duplicates: 'reports deliveries several times',
  callback_shuffle: 'reports deliveries in any order',
  callback_drop: 'does not report deliveries',
  inbound_drop: 'does not pass on what people write',
}

/** What the carrier does wrong for everybody at the moment; empty when all is well. */
export const faultWords = (faults: Handset['faults']): string[] =>
  Object.entries(faults).map(([name, value]) => {
    const share = value > 0 && value <= 1 ? ` (${Math.round(value * 100)} %)` : ''
    return (FAULTS[name] ?? humanize(name)) + share
  })

/** What is on the handset: whatever arrived, oldest first. */
export const onScreen = (texts: HandsetText[]): HandsetText[] => texts.filter((text) => text.arrived)

const LOST = new Set(['undelivered', 'failed', 'canceled'])

/** Texts of ours that are not on the handset: on their way, or lost. */
export function elsewhere(texts: HandsetText[]): { onTheirWay: number; lost: HandsetText[] } {
  const away = texts.filter((text) => !text.arrived)
  const lost = away.filter((text) => LOST.has(text.status))
  return { onTheirWay: away.length - lost.length, lost }
}

export function elsewhereWords(texts: HandsetText[]): string[] {
  const { onTheirWay, lost } = elsewhere(texts)
  return [
    onTheirWay ? `${plural(onTheirWay, 'text')} on the way to it` : '',
    lost.length ? `${plural(lost.length, 'text')} never arrived` : '',
  ].filter(Boolean)
}
