import type { Difference } from '@/api/workflow-drafts'
import { Badge, type Tone } from '@/components/ui/badge'
import type { Change } from '@/components/workflow-canvas/marks'
import { valueWords } from '@/components/workflow-canvas/value-words'
import { humanize } from '@/lib/format'
import type { ComparedNames } from './comparing'

const TONES: Record<Change, Tone> = { added: 'success', removed: 'danger', changed: 'warning' }

interface DifferenceListProps {
  difference: Difference
  names: ComparedNames
  /** Shows a step on the canvas. */
  onShow?: ((id: string) => void) | undefined
}

/** What differs between two definitions, in words. */
export function DifferenceList({ difference, names, onShow }: DifferenceListProps) {
  const { nodes, edges, settings } = difference
  if (nodes.length + edges.length + settings.length === 0)
    return <p className="text-[13px] text-muted-foreground">They do the same.</p>
  return (
    <ul aria-label="What differs" className="grid grid-cols-1 gap-2.5 text-[13px]">
      {nodes.map((node) => (
        <li key={node.id}>
          <Head change={node.change}>
            {onShow ? (
              <button type="button" className="truncate font-medium hover:underline" onClick={() => onShow(node.id)}>
                {node.title}
              </button>
            ) : (
              <span className="truncate font-medium">{node.title}</span>
            )}
          </Head>
          {node.parameters.map(({ name, before, after }) => (
            <Fields key={name} name={names.parameter(node.type, name)} before={before} after={after} />
          ))}
        </li>
      ))}
      {edges.map((edge) => (
        <li key={`${edge.source} ${edge.handle}`}>
          <Head change={edge.change}>
            <span className="truncate">
              {names.step(edge.source)}: {names.outcome(edge.source, edge.handle)}
            </span>
          </Head>
          <Fields
            name="leads to"
            before={edge.before && names.step(edge.before)}
            after={edge.after && names.step(edge.after)}
            none="nowhere"
          />
        </li>
      ))}
      {settings.map(({ name, before, after }) => (
        <li key={name}>
          <Head change="changed">Setting of the whole workflow</Head>
          <Fields name={humanize(name)} before={before} after={after} />
        </li>
      ))}
    </ul>
  )
}

function Head({ change, children }: { change: Change; children: React.ReactNode }) {
  return (
    <div className="flex items-center gap-2">
      <Badge tone={TONES[change]}>{humanize(change)}</Badge>
      {children}
    </div>
  )
}

interface FieldsProps {
  name: string
  before: unknown
  after: unknown
  /** What it is where nothing is set. */
  none?: string
}

function Fields({ name, before, after, none = 'as usual' }: FieldsProps) {
  const told = (value: unknown) => (value === undefined || value === null || value === '' ? none : valueWords(value))
  return (
    <dl className="mt-1 ml-2 grid gap-0.5 border-l-2 pl-2 text-xs">
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="whitespace-pre-wrap break-words text-danger-text">
        <del>{told(before)}</del>
      </dd>
      <dd className="whitespace-pre-wrap break-words text-success-text">
        <ins className="no-underline">{told(after)}</ins>
      </dd>
    </dl>
  )
}
