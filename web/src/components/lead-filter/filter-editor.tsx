import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Check, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { importsQuery } from '@/api/imports'
import { leadValuesQuery } from '@/api/leads'
import { listsQuery } from '@/api/lists'
import { Button } from '@/components/ui/button'
import { Field } from '@/components/ui/field'
import { Input, NativeSelect } from '@/components/ui/input'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { cn } from '@/lib/cn'
import { formatDay } from '@/lib/format'
import { useTyped } from '@/lib/use-typed'
import { CHANNEL_NAMES, type FilterKey, type FilterValues, toggled } from './filters'

interface EditorProps {
  search: FilterValues
  onChange: (change: FilterValues) => void
}

/** The controls of one filter; what is chosen is in force at once. */
export function FilterEditor({ filter, ...props }: EditorProps & { filter: FilterKey }) {
  const { search, onChange } = props
  switch (filter) {
    case 'score':
      return <ScoreEditor {...props} />
    case 'created':
      return <CreatedEditor {...props} />
    case 'has_phone':
    case 'has_email':
      return (
        <Segmented
          label={filter === 'has_phone' ? 'Phone' : 'E-mail'}
          value={search[filter] === undefined ? 'any' : search[filter] ? 'yes' : 'no'}
          choices={[
            { value: 'any', label: 'Any' },
            { value: 'yes', label: 'Is there' },
            { value: 'no', label: 'Is missing' },
          ]}
          onChange={(value) => onChange({ [filter]: value === 'any' ? undefined : value === 'yes' })}
        />
      )
    case 'consent':
      return (
        <Choices
          values={Object.keys(CHANNEL_NAMES)}
          chosen={search.consent ? [search.consent] : []}
          nameOf={(value) => `Agreed to ${CHANNEL_NAMES[value as keyof typeof CHANNEL_NAMES].toLowerCase()}`}
          onToggle={(value) => onChange({ consent: search.consent === value ? undefined : value })}
        />
      )
    case 'company':
      return <CompanyEditor {...props} />
    case 'country':
      return (
        <Values
          field="country"
          chosen={search.country ? [search.country] : []}
          onToggle={(value) => onChange({ country: search.country === value ? undefined : value })}
        />
      )
    case 'list_id':
      return <ListEditor {...props} />
    case 'import_id':
      return <ImportEditor {...props} />
    case 'attribute':
      return <AttributeEditor {...props} />
    default:
      return (
        <Values
          field={filter}
          chosen={search[filter] ?? []}
          onToggle={(value) => onChange({ [filter]: toggled(search[filter], value) })}
        />
      )
  }
}

interface ChoicesProps {
  values: string[]
  chosen: string[]
  onToggle: (value: string) => void
  nameOf?: (value: string) => string
}

const SEARCHABLE_FROM = 8

function Choices({ values, chosen, onToggle, nameOf = (value) => value }: ChoicesProps) {
  const [search, setSearch] = useState('')
  const wanted = search.trim().toLowerCase()
  const missing = chosen.filter((value) => !values.includes(value))
  const shown = [...missing, ...values].filter((value) => nameOf(value).toLowerCase().includes(wanted))
  return (
    <div className="grid gap-2">
      {values.length > SEARCHABLE_FROM && (
        <Input
          aria-label="Find a value"
          placeholder="Find …"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      )}
      <ul className="grid max-h-64 gap-0.5 overflow-y-auto">
        {shown.map((value) => {
          const isChosen = chosen.includes(value)
          return (
            <li key={value}>
              <button
                type="button"
                aria-pressed={isChosen}
                onClick={() => onToggle(value)}
                className="flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-accent"
              >
                <Check className={cn('size-4 shrink-0 text-primary-text', !isChosen && 'invisible')} aria-hidden />
                <span className="min-w-0 flex-1 truncate">{nameOf(value)}</span>
              </button>
            </li>
          )
        })}
      </ul>
      {shown.length === 0 && <p className="px-2 text-[13px] text-muted-foreground">There is no such value.</p>}
    </div>
  )
}

/** Values that occur in a field. */
function Values({ field, ...props }: Omit<ChoicesProps, 'values'> & { field: string }) {
  const { data, isPending, error, refetch } = useQuery(leadValuesQuery(field))
  if (isPending) return <SkeletonLines />
  if (error && !data) return <ErrorState className="p-2" error={error} onRetry={refetch} />
  return <Choices values={data?.values ?? []} {...props} />
}

interface EdgeProps {
  label: string
  type: 'number' | 'date'
  value: string | number | undefined
  placeholder?: string
  onChange: (value: string | undefined) => void
}

/** One end of a range. Emptied, it lifts its filter only when it is left: the filter's own menu would close around it. */
function Edge({ label, type, value, placeholder, onChange }: EdgeProps) {
  const [text, setText] = useTyped(String(value ?? ''), (typed) => typed && onChange(typed))
  return (
    <Field label={label}>
      {(control) => (
        <Input
          {...control}
          type={type}
          {...(type === 'number' && { min: 0, max: 100 })}
          placeholder={placeholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => text === '' && value !== undefined && onChange(undefined)}
        />
      )}
    </Field>
  )
}

const numberOr = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text))

function ScoreEditor({ search, onChange }: EditorProps) {
  return (
    <div className="grid grid-cols-2 gap-3">
      <Edge
        type="number"
        label="From"
        placeholder="0"
        value={search.score_min}
        onChange={(score) => onChange({ score_min: numberOr(score) })}
      />
      <Edge
        type="number"
        label="Up to"
        placeholder="100"
        value={search.score_max}
        onChange={(score) => onChange({ score_max: numberOr(score) })}
      />
    </div>
  )
}

function CreatedEditor({ search, onChange }: EditorProps) {
  return (
    <div className="grid grid-cols-2 gap-3">
      <Edge
        type="date"
        label="From"
        value={search.created_from}
        onChange={(created_from) => onChange({ created_from })}
      />
      <Edge type="date" label="Up to" value={search.created_to} onChange={(created_to) => onChange({ created_to })} />
    </div>
  )
}

function CompanyEditor({ search, onChange }: EditorProps) {
  const [company, setCompany] = useState(search.company ?? '')
  return (
    <form
      className="grid gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        onChange({ company: company.trim() || undefined })
      }}
    >
      <Field label="Company" hint="Its whole name, in any case. The search box finds parts of it.">
        {(control) => <Input {...control} value={company} onChange={(event) => setCompany(event.target.value)} />}
      </Field>
      <Button type="submit" variant="primary">
        Apply
      </Button>
    </form>
  )
}

function ListEditor({ search, onChange }: EditorProps) {
  const { data: lists = [], isPending } = useQuery(listsQuery())
  if (isPending) return <SkeletonLines />
  if (lists.length === 0) return <p className="text-[13px] text-muted-foreground">There are no lists yet.</p>
  return (
    <Choices
      values={lists.map((list) => String(list.id))}
      chosen={search.list_id ? [String(search.list_id)] : []}
      nameOf={(id) => lists.find((list) => String(list.id) === id)?.name ?? id}
      onToggle={(id) => onChange({ list_id: search.list_id === Number(id) ? undefined : Number(id) })}
    />
  )
}

function ImportEditor({ search, onChange }: EditorProps) {
  const { data, isPending } = useInfiniteQuery(importsQuery())
  const imports = data?.pages.flatMap((page) => page.items) ?? []
  if (isPending) return <SkeletonLines />
  if (imports.length === 0) return <p className="text-[13px] text-muted-foreground">Nothing was imported yet.</p>
  const nameOf = (id: string) => {
    const found = imports.find((one) => String(one.id) === id)
    return found ? `${found.filename} · ${formatDay(found.created_at)}` : id
  }
  return (
    <Choices
      values={imports.map((one) => String(one.id))}
      chosen={search.import_id ? [String(search.import_id)] : []}
      nameOf={nameOf}
      onToggle={(id) => onChange({ import_id: search.import_id === Number(id) ? undefined : Number(id) })}
    />
  )
}

function AttributeEditor({ search, onChange }: EditorProps) {
  const [name, setName] = useState('')
  const names = useQuery(leadValuesQuery('attributes'))
  const values = useQuery({ ...leadValuesQuery(`attributes.${name}`), enabled: name !== '' })
  const pairs = search.attribute ?? []
  const toggle = (pair: string) => onChange({ attribute: toggled(pairs, pair) })
  if (names.isPending) return <SkeletonLines />
  return (
    <div className="grid gap-3">
      {pairs.map((pair) => (
        <div key={pair} className="flex items-center gap-2 text-[13px]">
          <span className="min-w-0 flex-1 truncate">{pair.replace(':', ' = ')}</span>
          <Button variant="ghost" size="icon-sm" aria-label={`Remove ${pair}`} onClick={() => toggle(pair)}>
            <X />
          </Button>
        </div>
      ))}
      <Field label="Name" hint={names.data?.values.length ? undefined : 'Leads have no attributes yet.'}>
        {(control) => (
          <NativeSelect {...control} value={name} onChange={(event) => setName(event.target.value)}>
            <option value="">Choose …</option>
            {names.data?.values.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </NativeSelect>
        )}
      </Field>
      {name && (
        <>
          <Choices
            values={values.data?.values ?? []}
            chosen={pairs.filter((pair) => pair.startsWith(`${name}:`)).map((pair) => pair.slice(name.length + 1))}
            onToggle={(value) => toggle(`${name}:${value}`)}
          />
          <OtherValue key={name} onAdd={(value) => toggle(`${name}:${value}`)} />
        </>
      )}
    </div>
  )
}

function OtherValue({ onAdd }: { onAdd: (value: string) => void }) {
  const [value, setValue] = useState('')
  return (
    <form
      className="flex gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        if (value.trim()) onAdd(value.trim())
        setValue('')
      }}
    >
      <Input
        aria-label="Another value"
        placeholder="Another value"
        value={value}
        onChange={(event) => setValue(event.target.value)}
      />
      <Button type="submit" size="icon" aria-label="Add value" disabled={!value.trim()}>
        <Plus />
      </Button>
    </form>
  )
}
