import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { CircleAlert, CircleCheck, CircleSlash, CircleStop, CircleX, Hourglass, Pin } from 'lucide-react'
import { memo, use } from 'react'
import { Badge } from '@/components/ui/badge'
import { cn } from '@/lib/cn'
import { formatNumber, plural } from '@/lib/format'
import { CanvasEditingContext } from './editing'
import type { GraphNode } from './graph'
import { NodeIcon } from './icons'
import type { Change, NodeMarks } from './marks'
import { ERROR } from './outcomes'

interface StepData {
  node: GraphNode
  marks?: NodeMarks | undefined
  canEdit?: boolean
  /** Outcomes by which something follows, by name. */
  ledOn?: ReadonlySet<string> | undefined
  [key: string]: unknown
}
export type CanvasNode = Node<StepData, 'step'>

const HANDLE =
  'size-2.5! pointer-coarse:size-4! border-2! border-surface! bg-border-strong! transition-transform hover:scale-150 after:absolute after:-inset-2 after:content-[""]'

/** Off, or not on a run's way: told by colour alone, for words that fade are hard to read. */
const QUIET =
  'border-dashed bg-surface-sunken shadow-none [&_.bg-primary-soft]:bg-transparent [&_p]:text-muted-foreground [&_svg]:text-muted-foreground'

const CHANGES: Record<Change, string> = {
  added: 'border-success ring-2 ring-success/40',
  changed: 'border-warning ring-2 ring-warning/40',
  removed: 'border-danger border-dashed ring-2 ring-danger/40',
}

/** One step: icon, name, what is set, and its outcomes by name at the bottom. */
function StepNode({ id, data: { node, marks, ledOn, canEdit = false }, selected }: NodeProps<CanvasNode>) {
  const { specification, outcomes } = node
  const isDisabled = node.data.disabled === true
  const canFail = !specification?.ends_run
  const Title = use(CanvasEditingContext)?.Title ?? PlainTitle
  return (
    <div
      className={cn(
        'group relative flex h-full flex-col rounded-lg border bg-surface shadow-sm',
        (isDisabled || marks?.isFaint) && QUIET,
        marks?.change && CHANGES[marks.change],
        marks?.state && STATES[marks.state].frame,
        selected && 'border-primary ring-2 ring-primary/30',
      )}
    >
      <Handle type="target" position={Position.Top} className={HANDLE} isConnectable={canEdit} />
      <div className="flex items-center gap-2.5 px-3 py-2.5">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
          <NodeIcon name={specification?.icon} className="size-4" />
        </span>
        <div className="min-w-0 flex-1 leading-tight">
          <Title id={id} title={node.label} />
          <p className="truncate text-muted-foreground text-xs">
            {[specification?.label !== node.label && (specification?.label ?? node.type), isDisabled && 'off']
              .filter(Boolean)
              .join(' · ')}
          </p>
        </div>
        <Signs marks={marks} />
      </div>
      {node.told.length > 0 && (
        <div className="border-t px-3 py-1.5 text-muted-foreground text-xs">
          {node.told.map((line, at) => (
            <p key={at} className="h-5 truncate leading-5" title={line}>
              {line}
            </p>
          ))}
        </div>
      )}
      {outcomes.length > 0 && (
        <div
          className="mt-auto grid pb-1.5 text-center text-[11px] text-muted-foreground leading-4"
          style={{ gridTemplateColumns: `repeat(${outcomes.length}, minmax(0, 1fr))` }}
        >
          {outcomes.map((outcome, index) => (
            <span
              key={outcome.name}
              className="truncate px-1"
              title={ledOn?.has(outcome.name) === false ? `${outcome.label}: nothing follows` : outcome.label}
            >
              {ledOn?.has(outcome.name) === false && (
                <CircleStop className="mr-0.5 inline size-2.5" role="img" aria-label="Nothing follows:" />
              )}
              {outcome.label}
              <Handle
                id={outcome.name}
                type="source"
                position={Position.Bottom}
                className={HANDLE}
                style={{ left: `${((index + 0.5) / outcomes.length) * 100}%` }}
                isConnectable={canEdit}
              />
            </span>
          ))}
        </div>
      )}
      {canFail && (
        <Handle
          id={ERROR}
          type="source"
          position={Position.Right}
          title="On error"
          className={cn(
            HANDLE,
            'bg-danger! opacity-0',
            canEdit && 'group-hover:opacity-100',
            canEdit && selected && 'opacity-100',
          )}
          isConnectable={canEdit}
        />
      )}
      {marks?.counts && marks.counts.length > 0 && (
        <p className="-top-2.5 absolute left-2 flex gap-1">
          {marks.counts.map((count) => (
            <Badge key={count.label} tone={count.tone} className="tabular border border-surface py-0">
              {formatNumber(count.value)} {count.label}
            </Badge>
          ))}
        </p>
      )}
      {marks?.told && (
        <p className="-top-5 tabular absolute right-0 z-10 max-w-[75%] truncate rounded bg-surface-sunken px-1 text-[11px] text-muted-foreground">
          {marks.told}
        </p>
      )}
    </div>
  )
}

const PlainTitle = ({ title }: { title: string }) => <p className="truncate font-semibold text-[13px]">{title}</p>

const STATES = {
  completed: { icon: CircleCheck, ink: 'text-success-text', frame: 'border-success', words: 'Done' },
  failed: { icon: CircleX, ink: 'text-danger-text', frame: 'border-danger ring-2 ring-danger/30', words: 'Failed' },
  stopped: { icon: CircleSlash, ink: 'text-muted-foreground', frame: 'border-border-strong', words: 'Stopped' },
  waiting: { icon: Hourglass, ink: 'text-warning-text', frame: 'border-warning', words: 'Waits' },
}

function Signs({ marks }: { marks: NodeMarks | undefined }) {
  if (!marks) return null
  const state = marks.state && STATES[marks.state]
  return (
    <span className="flex shrink-0 items-center gap-1">
      {marks.isPinned && <Pin className="size-3.5 text-info-text" role="img" aria-label="Test data is pinned" />}
      {state && <state.icon className={cn('size-4', state.ink)} role="img" aria-label={state.words} />}
      {!!marks.problems && (
        <span className="flex items-center gap-0.5 rounded-full bg-danger-soft px-1.5 py-0.5 font-medium text-[11px] text-danger-text">
          <CircleAlert className="size-3" role="img" aria-label={plural(marks.problems, 'problem')} />
          <span aria-hidden>{marks.problems}</span>
        </span>
      )}
    </span>
  )
}

export const NODE_TYPES = { step: memo(StepNode) }
