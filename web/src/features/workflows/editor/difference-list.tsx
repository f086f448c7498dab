import { Badge, type Tone } from '@/components/ui/badge'
import type { Change } from '@/components/workflow-canvas/marks'
import { humanize } from '@/lib/format'
import { type Difference, isEmptyDifference } from '../diff'

const TONES: Record<Change, Tone> = { added: 'success', removed: 'danger', changed: 'warning' }

/** What differs between two definitions, in words. */
export function DifferenceList({ difference }: { difference: Difference }) {
  if (isEmptyDifference(difference)) return <p className="text-[13px] text-muted-foreground">They do the same.</p>
  return (
    <ul className="grid grid-cols-1 gap-2 text-[13px]">
      {difference.nodes.map((node) => (
        <li key={node.id}>
          <p className="flex items-center gap-2">
            <Badge tone={TONES[node.change]}>{humanize(node.change)}</Badge>
            <span className="min-w-0 truncate font-medium">{node.title}</span>
          </p>
          {node.parameters.map((parameter) => (
            <Fields key={parameter.name} {...parameter} />
          ))}
        </li>
      ))}
      {difference.edges.map((edge) => (
        <li key={`${edge.source} ${edge.handle}`} className="flex items-start gap-2">
          <Badge tone={TONES[edge.change]}>{humanize(edge.change)}</Badge>
          <span className="min-w-0 break-words">
            {edge.title}, {humanize(edge.handle).toLowerCase() || 'next'}: {edge.before ?? 'nowhere'} →{' '}
            {edge.after ?? 'nowhere'}
          </span>
        </li>
      ))}
      {difference.settings.map((setting) => (
        <li key={setting.name}>
          <p className="flex items-center gap-2">
            <Badge tone="warning">Changed</Badge> Setting
          </p>
          <Fields {...setting} />
        </li>
      ))}
    </ul>
  )
}

function Fields({ name, before, after }: { name: string; before: unknown; after: unknown }) {
  return (
    <dl className="mt-1 ml-2 border-l-2 pl-2 text-xs">
      <dt className="text-muted-foreground">{humanize(name)}</dt>
      <dd className="break-words text-danger-text">
        <del>{told(before)}</del>
      </dd>
      <dd className="break-words text-success-text">
        <ins className="no-underline">{told(after)}</ins>
      </dd>
    </dl>
  )
}

function told(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'as usual'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
