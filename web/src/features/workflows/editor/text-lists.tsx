import { useState } from 'react'
import { Textarea } from '@/components/ui/input'
import { FieldRow } from './field-row'
import type { PlainProps } from './param-field'

/** Several words, one per line. */
export function WordsField({ field, value, onChange, error, action }: PlainProps) {
  const stored = (Array.isArray(value) ? value : Array.isArray(field.default) ? field.default : []).map(String)
  const [text, setText] = useState(stored.join('\n'))
  const lines = (words: string) =>
    words
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
  const shown = lines(text).join('\n') === stored.join('\n') ? text : stored.join('\n')
  return (
    <FieldRow
      label={field.label}
      hint={[field.hint, 'One per line.'].filter(Boolean).join(' ')}
      error={error}
      isRequired={field.isRequired}
      action={action}
    >
      {(ids) => (
        <Textarea
          {...ids}
          className="min-h-16"
          value={shown}
          onChange={(event) => {
            setText(event.target.value)
            onChange(lines(event.target.value))
          }}
        />
      )}
    </FieldRow>
  )
}

/** Anything, as JSON; what is no JSON yet is kept while it is typed. */
export function JsonField({ field, value, onChange, error, action }: PlainProps) {
  const stored = value ?? field.default
  const [text, setText] = useState(() =>
    stored === undefined || stored === null ? '' : JSON.stringify(stored, null, 2),
  )
  const [problem, setProblem] = useState('')
  const change = (next: string) => {
    setText(next)
    try {
      onChange(next.trim() === '' ? undefined : JSON.parse(next))
      setProblem('')
    } catch {
      setProblem('This is no JSON yet; it is kept once it is.')
    }
  }
  return (
    <FieldRow
      label={field.label}
      hint={field.hint}
      error={problem || error}
      isRequired={field.isRequired}
      action={action}
    >
      {(ids) => (
        <Textarea
          {...ids}
          className="min-h-20 font-mono text-xs"
          spellCheck={false}
          value={text}
          onChange={(event) => change(event.target.value)}
        />
      )}
    </FieldRow>
  )
}
