import { Braces, Quote, Undo2 } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { countSegments, segmentWords, toGsm } from '@/components/conversation/segments'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Notice } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { insertPlaceholder, invalidPlaceholders, tokenize, USUAL_NAMES } from './placeholders'
import { lacksOptOut } from './sections'

const OPT_OUT_LINE = 'Reply STOP to opt out.'
/** The mirror behind the field must break its lines where the field does. */
const SHAPE = 'w-full whitespace-pre-wrap break-words px-2.5 py-1.5 text-sm leading-relaxed'

interface TemplateEditorProps {
  value: string
  attributes: readonly string[]
  error?: string | undefined
  isLocked: boolean
  onChange: (value: string) => void
}

/** The template with its placeholders marked, a counter, and what carriers and readers stumble over. */
export function TemplateEditor({ value, attributes, error, isLocked, onChange }: TemplateEditorProps) {
  const field = useRef<HTMLTextAreaElement>(null)
  const mirror = useRef<HTMLDivElement>(null)
  const caret = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (caret.current === null || !field.current) return
    field.current.focus()
    field.current.setSelectionRange(caret.current, caret.current)
    caret.current = null
  })
  const insert = (name: string) => {
    const box = field.current
    const edit = insertPlaceholder(value, name, box?.selectionStart ?? value.length, box?.selectionEnd ?? value.length)
    caret.current = edit.caret
    onChange(edit.text)
  }
  const slips = invalidPlaceholders(value, attributes)
  return (
    <div className="grid gap-2">
      <Field
        label="Template"
        error={error}
        hint="The model follows it and makes it personal. Leave it empty to let the model write from the instructions alone. {{company|your company}} says what stands there when a value is missing."
      >
        {(control) => (
          <div className="relative rounded-md bg-surface">
            <div
              ref={mirror}
              aria-hidden
              className={cn(
                SHAPE,
                'pointer-events-none absolute inset-0 overflow-hidden border border-transparent text-transparent',
              )}
            >
              {tokenize(value, attributes).map((token, index) => (
                <span
                  key={index}
                  className={cn(
                    token.name !== null &&
                      (token.isInvalid
                        ? 'rounded-sm bg-danger-soft underline decoration-2 decoration-danger decoration-wavy'
                        : 'rounded-sm bg-primary-soft'),
                  )}
                >
                  {token.text}
                </span>
              ))}
              {'\n'}
            </div>
            <textarea
              {...control}
              ref={field}
              rows={6}
              value={value}
              maxLength={1600}
              disabled={isLocked}
              spellCheck
              onChange={(event) => onChange(event.target.value)}
              onScroll={(event) => {
                if (mirror.current) mirror.current.scrollTop = event.currentTarget.scrollTop
              }}
              className={cn(
                SHAPE,
                'relative block min-h-36 resize-y rounded-md border border-border-strong/50 bg-transparent shadow-sm hover:border-border-strong focus-visible:border-ring disabled:opacity-60 aria-invalid:border-danger',
              )}
            />
          </div>
        )}
      </Field>
      {!isLocked && <Placeholders attributes={attributes} onInsert={insert} />}
      <Counter value={value} />
      {slips.length > 0 && (
        <Notice tone="danger" icon={Braces}>
          Nobody fills in {slips.join(', ')}. Correct the name or choose one of the buttons above.
        </Notice>
      )}
      {!isLocked && <PlainCharacters value={value} onChange={onChange} />}
      {lacksOptOut(value) && !isLocked && (
        <Notice
          tone="warning"
          actions={
            <Button size="sm" onClick={() => onChange(`${value.trimEnd()} ${OPT_OUT_LINE}`)}>
              Add “{OPT_OUT_LINE}”
            </Button>
          }
        >
          The template does not say how to opt out. First texts have to.
        </Notice>
      )}
    </div>
  )
}

interface PlaceholdersProps {
  attributes: readonly string[]
  onInsert: (name: string) => void
}

function Placeholders({ attributes, onInsert }: PlaceholdersProps) {
  const names = [...new Set([...USUAL_NAMES, ...attributes])]
  return (
    <ul className="flex flex-wrap gap-1" aria-label="Placeholders to insert">
      {names.map((name) => (
        <li key={name}>
          <button
            type="button"
            className="rounded bg-accent px-1.5 py-0.5 font-mono text-muted-foreground text-xs hover:text-foreground"
            // The field keeps its caret, which is where the placeholder goes.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onInsert(name)}
            aria-label={`Insert ${name}`}
          >
            {`{{${name}}}`}
          </button>
        </li>
      ))}
    </ul>
  )
}

function Counter({ value }: { value: string }) {
  const count = countSegments(value)
  return (
    <p className="tabular text-[13px] text-muted-foreground">
      {segmentWords(count)} · {count.encoding}
      {count.nonGsm.length > 0 && ` because of ${count.nonGsm.slice(0, 8).join(' ')}`}
      <span className="ml-1">(before placeholders are filled in)</span>
    </p>
  )
}

/** Typographic characters make texts cost up to twice as much; plain ones say the same. */
function PlainCharacters({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const [before, setBefore] = useState<{ typed: string; plain: string } | null>(null)
  const plain = toGsm(value)
  if (plain !== value) {
    const now = countSegments(value)
    const then = countSegments(plain)
    return (
      <Notice
        tone="warning"
        icon={Quote}
        actions={
          <Button
            size="sm"
            onClick={() => {
              setBefore({ typed: value, plain })
              onChange(plain)
            }}
          >
            Use plain ones
          </Button>
        }
      >
        Typographic quotes, dashes or spaces
        {then.segments < now.segments
          ? ` cost ${now.segments - then.segments} more ${now.segments - then.segments === 1 ? 'segment' : 'segments'} per text.`
          : ' leave less room in each text.'}
      </Notice>
    )
  }
  if (before?.plain !== value) return null
  return (
    <p className="flex items-center gap-2 text-[13px] text-muted-foreground">
      Replaced by plain characters.
      <Button
        variant="ghost"
        size="sm"
        onClick={() => {
          onChange(before.typed)
          setBefore(null)
        }}
      >
        <Undo2 /> Undo
      </Button>
    </p>
  )
}
