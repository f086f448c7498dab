/** Templates: their text in tokens, and the names that a placeholder may have. */

export interface Token {
  text: string
  /** A placeholder's name; null for plain text. */
  name: string | null
  /** `{{` without its `}}`, or a name that nobody will ever fill in. */
  isInvalid: boolean
}

/** `{{first_name}}`, `{{company|your company}}`; or braces that were opened and never closed. */
const PLACEHOLDER = /\{\{\s*([^{}|]*?)\s*(?:\|[^{}]*)?\}\}|\{\{[^{}]*\}?/g

/** Fields of a lead and of the campaign that every template may name. */
export const USUAL_NAMES = [
  'first_name',
  'last_name',
  'name',
  'company',
  'title',
  'industry',
  'city',
  'sender_name',
  'campaign_name',
] as const

/** Names that are filled in, too, but not worth a button each. */
const FURTHER_NAMES = [
  'email',
  'phone',
  'language',
  'description',
  'full_name',
  'lead_name',
  'company_name',
  'job_title',
  'role',
  'position',
  'agent_name',
  'sender',
  'campaign',
]

/** `First Name`, `firstName` and `lead.first_name` are one name, as for the server. */
export function plainName(name: string): string {
  return name
    .trim()
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .replace(/[\s.-]+/g, '_')
    .toLowerCase()
    .replace(/^lead_/, '')
    .replace(/^campaign_(?!name$)/, '')
}

/** The text cut into plain parts and placeholders. Joined, the tokens are the text again. */
export function tokenize(template: string, attributes: readonly string[]): Token[] {
  const known = new Set([...USUAL_NAMES, ...FURTHER_NAMES, ...attributes].map(plainName))
  const tokens: Token[] = []
  let end = 0
  for (const match of template.matchAll(PLACEHOLDER)) {
    if (match.index > end) tokens.push({ text: template.slice(end, match.index), name: null, isInvalid: false })
    const name = match[1]
    const isKnown = name !== undefined && known.has(plainName(name))
    tokens.push({ text: match[0], name: name ?? '', isInvalid: !isKnown })
    end = match.index + match[0].length
  }
  if (end < template.length) tokens.push({ text: template.slice(end), name: null, isInvalid: false })
  return tokens
}

/** Placeholders that will stay empty, each once, as they are written. */
export const invalidPlaceholders = (template: string, attributes: readonly string[]): string[] => [
  ...new Set(
    tokenize(template, attributes)
      .filter((token) => token.isInvalid)
      .map((token) => token.text),
  ),
]

export interface Edit {
  text: string
  /** Where the caret goes. */
  caret: number
}

/** Puts a placeholder where the caret is, or in the place of what is selected; words keep a space between them. */
export function insertPlaceholder(text: string, name: string, start: number, end: number): Edit {
  const before = text.slice(0, start)
  const after = text.slice(end)
  const gapBefore = /[\p{L}\p{N}}]$/u.test(before) ? ' ' : ''
  const gapAfter = /^[\p{L}\p{N}{]/u.test(after) ? ' ' : ''
  const piece = `${gapBefore}{{${name}}}${gapAfter}`
  return { text: before + piece + after, caret: start + piece.length }
}
