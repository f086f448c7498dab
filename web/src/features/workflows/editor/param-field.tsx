import { SquareFunction } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { Input, NativeSelect } from '@/components/ui/input'
import { SwitchField } from '@/components/ui/switch-field'
import { Checkbox } from '@/components/ui/toggles'
import { ExpressionField } from './expression-field'
import { FieldRow } from './field-row'
import { useStepForm } from './form-context'
import { GroupField, ListField } from './list-field'
import { MapField } from './map-field'
import { OptionField, OptionsField } from './option-field'
import { type FieldKind, type FormField, isExpression } from './schema'
import { JsonField, WordsField } from './text-lists'

export interface ParamProps {
  field: FormField
  /** Where it is in the node's data: `cases.0.name`. */
  path: string
  value: unknown
  /** Undefined takes the usual value. */
  onChange: (value: unknown) => void
  /** Names that make outcomes must be there and differ. */
  refuse?: ((value: string) => string | undefined) | undefined
}

const TEXTS = new Set<FieldKind>(['text', 'long', 'condition'])

/** One parameter, as its schema wants it. Every one of them can be an expression instead. */
export function ParamField(props: ParamProps) {
  const { field, path, value, onChange } = props
  const { problems } = useStepForm()
  const error = problems.get(path)
  const isText = TEXTS.has(field.kind) && !field.options
  if (isText) return <TextParam {...props} error={error} />
  if (isExpression(value) || (typeof value === 'string' && value.startsWith('{{')))
    return (
      <ExpressionField
        label={field.label}
        hint={field.hint}
        error={error}
        isRequired={field.isRequired}
        value={value}
        onChange={onChange}
        action={<ExpressionToggle label={field.label} isOn onToggle={() => onChange(undefined)} />}
      />
    )
  const toggle = field.takesExpressions && (
    <ExpressionToggle label={field.label} isOn={false} onToggle={() => onChange('{{  }}')} />
  )
  return <PlainField {...props} error={error} action={toggle} />
}

export interface PlainProps extends ParamProps {
  error: string | undefined
  action: React.ReactNode
}

function PlainField(props: PlainProps) {
  const { field, value, onChange, error, action } = props
  const row = { label: field.label, hint: field.hint, error, isRequired: field.isRequired, action }
  if (field.options && field.kind !== 'words') return <OptionField {...props} />
  switch (field.kind) {
    case 'boolean':
      return (
        <div className="flex items-start justify-between gap-2">
          <SwitchField
            label={field.label}
            checked={typeof value === 'boolean' ? value : field.default === true}
            onCheckedChange={onChange}
          >
            {error ?? field.hint}
          </SwitchField>
          {action}
        </div>
      )
    case 'number':
      return (
        <FieldRow {...row}>
          {(ids) => (
            <div className="flex items-center gap-2">
              <Input
                {...ids}
                type="number"
                className="w-36"
                min={field.minimum}
                max={field.maximum}
                step={field.isInteger ? 1 : 'any'}
                value={typeof value === 'number' ? value : ''}
                placeholder={field.default == null ? '' : String(field.default)}
                onChange={(event) => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
              />
              {field.unit && <span className="text-[13px] text-muted-foreground">{field.unit}</span>}
            </div>
          )}
        </FieldRow>
      )
    case 'choice':
      return (
        <FieldRow {...row}>
          {(ids) => (
            <NativeSelect
              {...ids}
              value={String(value ?? field.default ?? '')}
              onChange={(event) => onChange(event.target.value || undefined)}
            >
              {(field.isNullable || (field.default === undefined && !field.isRequired)) && <option value="">–</option>}
              {field.isRequired && value === undefined && field.default === undefined && (
                <option value="">Choose …</option>
              )}
              {field.choices.map((choice) => (
                <option key={choice.value} value={choice.value}>
                  {choice.label}
                </option>
              ))}
            </NativeSelect>
          )}
        </FieldRow>
      )
    case 'choices':
      return <ChoicesField {...props} />
    case 'date':
    case 'datetime':
    case 'time':
      return (
        <FieldRow {...row}>
          {(ids) => (
            <Input
              {...ids}
              type={field.kind === 'datetime' ? 'datetime-local' : field.kind}
              className="w-56"
              value={typeof value === 'string' ? value : typeof field.default === 'string' ? field.default : ''}
              onChange={(event) => onChange(event.target.value || undefined)}
            />
          )}
        </FieldRow>
      )
    case 'words':
      return field.options ? <OptionsField {...props} /> : <WordsField {...props} />
    case 'list':
      return <ListField {...props} />
    case 'group':
      return <GroupField {...props} />
    case 'map':
      return <MapField {...props} />
    default:
      return <JsonField {...props} />
  }
}

function TextParam({ field, path, value, onChange, error, refuse }: ParamProps & { error: string | undefined }) {
  const text = typeof value === 'string' ? value : ''
  // Names of outcomes and fields are part of the definition, not of what is said to a lead.
  const isName = path.includes('.') && (field.name === 'name' || field.name === 'label')
  const isPlain = isName || (!field.takesExpressions && field.kind !== 'condition')
  return (
    <ExpressionField
      label={field.label}
      hint={field.hint}
      error={refuse?.(text) ?? error}
      isRequired={field.isRequired}
      value={text}
      placeholder={typeof field.default === 'string' && value === undefined ? field.default : undefined}
      mostCharacters={field.mostCharacters}
      isLong={field.kind === 'long'}
      isBare={field.kind === 'condition'}
      isPlain={isPlain}
      onChange={(next) => onChange(next === '' && !field.isRequired ? undefined : next)}
    />
  )
}

function ChoicesField({ field, value, onChange, error }: PlainProps) {
  const chosen = new Set(
    Array.isArray(value) ? value.map(String) : Array.isArray(field.default) ? field.default.map(String) : [],
  )
  const toggle = (choice: string, isOn: boolean) =>
    onChange(field.choices.map((one) => one.value).filter((one) => (one === choice ? isOn : chosen.has(one))))
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1 font-medium text-[13px]">{field.label}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1.5">
        {field.choices.map((choice) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox is within
          <label key={choice.value} className="flex items-center gap-1.5 text-[13px]">
            <Checkbox
              checked={chosen.has(choice.value)}
              onCheckedChange={(isOn) => toggle(choice.value, isOn === true)}
            />
            {choice.label}
          </label>
        ))}
      </div>
      {(error || field.hint) && <p className="text-muted-foreground text-xs">{error ?? field.hint}</p>}
    </fieldset>
  )
}

/** From a plain value to an expression and back. */
function ExpressionToggle({ label, isOn, onToggle }: { label: string; isOn: boolean; onToggle: () => void }) {
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      aria-pressed={isOn}
      aria-label={isOn ? `${label}: a plain value again` : `${label}: an expression instead`}
      title={isOn ? 'A plain value again' : 'An expression instead'}
      className={isOn ? 'text-primary-text' : ''}
      onClick={onToggle}
    >
      <SquareFunction />
    </Button>
  )
}
