import type { ConsentKind } from '@/api/leads'

/** The kinds of consent in plain words. */
export const CONSENT_KINDS: Record<ConsentKind, { label: string; meaning: string }> = {
  written: {
    label: 'Written',
    meaning: 'Signed or ticked, with the words that were agreed to. Marketing texts in the United States need it.',
  },
  express: { label: 'Express', meaning: 'The person said so: on the phone, at a counter, by a text.' },
  implied: { label: 'Implied', meaning: 'The person is a customer or has asked us for something.' },
}

export const CONSENT_METHODS = ['web_form', 'keyword', 'paper', 'call', 'e-mail', 'in person']
