import { Braces, ListTree } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Button } from '@/components/ui/button'
import { isRecord } from '@/components/workflow-canvas/records'
import { formatDateTime, formatNumber, humanize } from '@/lib/format'

/** Nested deeper than this is shown as JSON. */
const DEEPEST = 3
const MOST_ENTRIES = 50
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/

const isEmpty = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0)

interface ValuesProps {
  title: string
  value: Record<string, unknown> | null
  /** What is said when there is nothing. */
  empty?: string
  /** How the names are told; `first_name` is `First name` otherwise. */
  nameOf?: (name: string) => string
}

/** Data as pairs of name and value, or as JSON for who asks for it. */
export function Values({ title, value, empty, nameOf = humanize }: ValuesProps) {
  const [isRaw, setRaw] = useState(false)
  const nothing = isEmpty(value)
  if (nothing && !empty) return null
  return (
    <section>
      <div className="mb-1 flex items-center gap-2">
        <h3 className="flex-1 font-medium text-[13px]">{title}</h3>
        {!nothing && (
          <Button variant="ghost" size="sm" aria-pressed={isRaw} onClick={() => setRaw(!isRaw)}>
            {isRaw ? <ListTree /> : <Braces />} {isRaw ? 'Values' : 'JSON'}
            <span className="sr-only"> of {title.toLowerCase()}</span>
          </Button>
        )}
      </div>
      {nothing ? (
        <p className="text-[13px] text-muted-foreground">{empty}</p>
      ) : isRaw ? (
        <Raw value={value} />
      ) : (
        <Pairs value={value ?? {}} depth={0} nameOf={nameOf} />
      )}
    </section>
  )
}

function Raw({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0} className="max-h-80 overflow-auto rounded-md bg-surface-sunken p-2 text-xs">
      {JSON.stringify(value, null, 2)}
    </pre>
  )
}

function Pairs({ value, depth, nameOf }: { value: object; depth: number; nameOf: (name: string) => string }) {
  const entries = Object.entries(value)
  return (
    <dl className="grid gap-1 text-[13px]">
      {entries.slice(0, MOST_ENTRIES).map(([name, part]) => {
        const isNested = typeof part === 'object' && part !== null && !isEmpty(part) && !isPlainList(part)
        return (
          <div key={name} className={isNested ? 'grid gap-1' : 'grid grid-cols-[minmax(5rem,2fr)_5fr] gap-x-3'}>
            <dt className="break-words text-muted-foreground">{nameOf(name)}</dt>
            <dd className={isNested ? 'min-w-0 border-l pl-3' : 'min-w-0 whitespace-pre-wrap break-words'} dir="auto">
              <Value value={part} depth={depth + 1} />
            </dd>
          </div>
        )
      })}
      {entries.length > MOST_ENTRIES && (
        <div className="text-muted-foreground">
          <dt className="sr-only">Further</dt>
          <dd>and {formatNumber(entries.length - MOST_ENTRIES)} more: see the JSON</dd>
        </div>
      )}
    </dl>
  )
}

const isPlainList = (value: object): boolean => Array.isArray(value) && value.every((one) => typeof one !== 'object')

function Value({ value, depth }: { value: unknown; depth: number }): ReactNode {
  if (isEmpty(value)) return <span className="text-muted-foreground">–</span>
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (typeof value === 'number') return <span className="tabular">{String(value)}</span>
  if (typeof value === 'string')
    return MOMENT.test(value) && !Number.isNaN(Date.parse(value)) ? formatDateTime(value) : value
  if (Array.isArray(value) && isPlainList(value)) return value.map(String).join(', ')
  if (depth >= DEEPEST) return <code className="break-all text-xs">{JSON.stringify(value)}</code>
  if (Array.isArray(value))
    return (
      <ol className="grid gap-1.5">
        {value.slice(0, MOST_ENTRIES).map((one, index) => (
          <li key={index}>
            <Value value={one} depth={depth} />
          </li>
        ))}
      </ol>
    )
  return isRecord(value) ? <Pairs value={value} depth={depth} nameOf={humanize} /> : String(value)
}
