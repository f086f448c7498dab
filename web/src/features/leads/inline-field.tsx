import { Pencil } from 'lucide-react'
import { type FocusEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { Input, NativeSelect, Textarea } from '@/components/ui/input'
import { cn } from '@/lib/cn'
import { NONE } from '@/lib/format'
import { outdatedBy } from './conflict'
import { EditConflict } from './edit-conflict'

interface InlineFieldProps {
  label: string
  /** The text that is edited. */
  text: string
  /** How it is shown; the text itself without it. */
  shown?: ReactNode
  hint?: string | undefined
  type?: 'tel' | 'email' | 'number' | 'text'
  choices?: readonly string[] | undefined
  isLong?: boolean
  /** The name under which the API says what is wrong with it. */
  field: string
  /** Of what is shown; an edit is saved as one of the version that it began with. */
  version: number
  /** Resolves once it is saved; what it throws is shown here, and what was typed stays. */
  onSave: (text: string, version: number) => Promise<unknown>
}

/** A value that turns into a field where it stands: Enter or leaving it saves, Escape takes it back. */
export function InlineField(props: InlineFieldProps) {
  const { label, text, shown, hint, type = 'text', choices, isLong, field, version, onSave } = props
  const id = useId()
  const [draft, setDraft] = useState<string | null>(null)
  const [base, setBase] = useState({ text, version })
  const [conflict, setConflict] = useState<number | null>(null)
  const [problem, setProblem] = useState('')
  const [isSaving, setSaving] = useState(false)
  const opener = useRef<HTMLButtonElement>(null)
  const returnsFocus = useRef(false)
  // Once the value stands there again: a frame later it need not yet.
  useEffect(() => {
    if (draft !== null || !returnsFocus.current) return
    returnsFocus.current = false
    opener.current?.focus()
  }, [draft])

  const open = () => {
    setBase({ text, version })
    setDraft(text)
  }
  const close = (hasFocus: boolean) => {
    returnsFocus.current = hasFocus
    setDraft(null)
    setConflict(null)
    setProblem('')
  }
  const save = async (value: string, hasFocus: boolean, control?: EventTarget) => {
    if (isSaving) return
    // A number field reads as empty while it holds something else; saved, that would empty the value.
    if (control instanceof HTMLInputElement && control.validity.badInput) return setProblem('Enter a number.')
    if (value.trim() === text || value.trim() === base.text) return close(hasFocus)
    setSaving(true)
    try {
      await onSave(value, conflict ?? base.version)
      close(hasFocus)
    } catch (error) {
      const outdated = outdatedBy(error)
      setConflict(outdated?.version ?? null)
      setProblem(outdated ? '' : problemText(error, field))
    } finally {
      setSaving(false)
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const isDone = event.key === 'Enter' && (!isLong || event.metaKey || event.ctrlKey)
    if (isDone && draft !== null) void save(draft, true, event.currentTarget)
    else if (event.key === 'Escape') close(true)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  if (draft === null)
    return (
      <button
        ref={opener}
        type="button"
        data-inline-edit
        aria-label={`${label}: ${text || 'empty'}. Edit`}
        onClick={open}
        className={cn(
          'group -mx-1.5 flex min-h-7 w-full min-w-0 gap-1.5 rounded px-1.5 text-left text-[13px] hover:bg-accent',
          isLong ? 'items-start py-1' : 'items-center',
        )}
      >
        <span
          className={cn(
            'min-w-0',
            isLong ? 'whitespace-pre-wrap break-words' : 'wrap-anywhere',
            !text && 'text-muted-foreground',
          )}
        >
          {text ? (shown ?? text) : NONE}
        </span>
        <Pencil
          className="size-3 shrink-0 text-muted-foreground opacity-0 group-hover:opacity-100 group-focus-visible:opacity-100"
          aria-hidden
        />
      </button>
    )
  const control = {
    id,
    autoFocus: true,
    'aria-label': label,
    'aria-invalid': problem ? (true as const) : undefined,
    'aria-describedby': problem || hint ? `${id}-note` : undefined,
    readOnly: isSaving,
    value: draft,
    onKeyDown,
    onBlur: (event: FocusEvent) => {
      // Between theirs and mine only a person chooses, not the loss of focus.
      if (conflict === null) void save(draft, false, event.currentTarget)
    },
  }
  return (
    <div className="min-w-0 py-0.5">
      {choices ? (
        <NativeSelect
          {...control}
          onChange={(event) => {
            setDraft(event.target.value)
            void save(event.target.value, true)
          }}
        >
          <option value="">{NONE}</option>
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </NativeSelect>
      ) : isLong ? (
        <Textarea {...control} maxLength={20_000} onChange={(event) => setDraft(event.target.value)} />
      ) : (
        <Input {...control} type={type} autoComplete="off" onChange={(event) => setDraft(event.target.value)} />
      )}
      {conflict !== null && (
        <EditConflict
          theirs={text}
          onTheirs={() => close(true)}
          onMine={() => void save(draft, true)}
          isBusy={isSaving}
        />
      )}
      {(problem || hint) && (
        <p
          id={`${id}-note`}
          role={problem ? 'alert' : undefined}
          className={cn('mt-1 text-xs', problem ? 'text-danger-text' : 'text-muted-foreground')}
        >
          {problem || hint}
        </p>
      )}
    </div>
  )
}

function problemText(error: unknown, field: string): string {
  if (!(error instanceof ApiProblem)) return String(error)
  return error.of(field) ?? [error.detail || error.title, error.remedy].filter(Boolean).join(' ')
}
