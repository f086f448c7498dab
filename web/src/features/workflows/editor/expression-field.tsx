import { useRef } from 'react'
import { Input, Textarea } from '@/components/ui/input'
import { cn } from '@/lib/cn'
import { ExpressionPreview } from './expression-preview'
import { FieldRow } from './field-row'
import { isExpression } from './schema'
import { VariablePicker } from './variable-picker'

interface ExpressionFieldProps {
  label: string
  hint?: string | undefined
  error?: string | undefined
  isRequired?: boolean
  value: string
  placeholder?: string | undefined
  mostCharacters?: number | undefined
  isLong?: boolean
  /** The whole of it is an expression, without braces. */
  isBare?: boolean
  /** Nothing is worked out in it. */
  isPlain?: boolean
  /** Another button beside the label: back to the plain field. */
  action?: React.ReactNode
  onChange: (value: string) => void
}

/** Words in which `{{ … }}` is worked out for each lead, with a picker for what can be named and a preview. */
export function ExpressionField(props: ExpressionFieldProps) {
  const {
    label,
    hint,
    error,
    isRequired,
    value,
    placeholder,
    mostCharacters,
    isLong,
    isBare,
    isPlain,
    action,
    onChange,
  } = props
  const control = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const wasEntered = useRef(false)
  const insert = (path: string) => {
    const field = control.current
    // A field that nobody has been in says that its caret is at the start.
    const start = wasEntered.current ? (field?.selectionStart ?? value.length) : value.length
    const end = wasEntered.current ? (field?.selectionEnd ?? value.length) : value.length
    const isInside = isBare || value.lastIndexOf('{{', start) > value.lastIndexOf('}}', start - 1)
    const words = isInside ? path : `{{ ${path} }}`
    onChange(value.slice(0, start) + words + value.slice(end))
    requestAnimationFrame(() => {
      field?.focus()
      field?.setSelectionRange(start + words.length, start + words.length)
    })
  }
  const tried = isPlain ? '' : isBare ? value.trim() && `{{ ${value} }}` : isExpression(value) ? value : ''
  const Control = isLong ? Textarea : Input
  return (
    <FieldRow
      label={label}
      hint={hint}
      error={error}
      isRequired={isRequired ?? false}
      action={
        <span className="flex items-center">
          {action}
          {!isPlain && <VariablePicker label={label} onPick={insert} />}
        </span>
      }
      footer={tried && <ExpressionPreview text={tried} />}
    >
      {(ids) => (
        <Control
          {...ids}
          ref={control}
          value={value}
          placeholder={placeholder}
          maxLength={mostCharacters}
          spellCheck={isLong ?? false}
          className={cn(isLong && 'min-h-24', (isBare || (isExpression(value) && !isLong)) && 'font-mono text-[13px]')}
          onFocus={() => {
            wasEntered.current = true
          }}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </FieldRow>
  )
}
