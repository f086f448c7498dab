import { Handle, type Node, type NodeProps, Position } from '@xyflow/react'
import { cn } from '@/lib/cn'
import type { GraphNode } from './graph'
import { NodeIcon } from './icons'
import { shownParameters } from './layout'

export type CanvasNode = Node<{ node: GraphNode }, 'step'>

const HANDLE = 'size-2! border-surface! bg-border-strong!'

/** One step: icon, name, what is set, and its outcomes by name at the bottom. */
function StepNode({ data: { node }, selected }: NodeProps<CanvasNode>) {
  const outcomes = outcomesOf(node)
  return (
    <div
      className={cn(
        'flex h-full flex-col rounded-lg border bg-surface shadow-sm',
        selected && 'border-primary ring-2 ring-primary/30',
      )}
    >
      <Handle type="target" position={Position.Top} className={HANDLE} isConnectable={false} />
      <div className="flex items-center gap-2.5 px-3 py-2.5">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
          <NodeIcon name={node.specification?.icon} className="size-4" />
        </span>
        <div className="min-w-0 leading-tight">
          <p className="truncate font-semibold text-[13px]">{node.label}</p>
          <p className="truncate text-muted-foreground text-xs">{node.specification?.label ?? node.type}</p>
        </div>
      </div>
      {node.parameters.length > 0 && (
        <dl className="border-t px-3 py-1.5 text-xs">
          {shownParameters(node).map((parameter) => (
            <div key={parameter.name} className="flex h-5 items-center gap-2">
              <dt className="shrink-0 text-muted-foreground">{parameter.label}</dt>
              <dd className="min-w-0 flex-1 truncate text-right">{parameter.value}</dd>
            </div>
          ))}
        </dl>
      )}
      {outcomes.length > 0 && (
        <div className="mt-auto flex justify-around pb-1.5 text-[11px] text-muted-foreground leading-4">
          {outcomes.map((outcome, index) => (
            <span key={outcome.name}>
              {outcome.label}
              <Handle
                id={outcome.name}
                type="source"
                position={Position.Bottom}
                className={HANDLE}
                style={{ left: `${((index + 0.5) / outcomes.length) * 100}%` }}
                isConnectable={false}
              />
            </span>
          ))}
        </div>
      )}
    </div>
  )
}

/** A kind of node that is not known here still shows the outcomes that lead on. */
function outcomesOf(node: GraphNode): { name: string; label: string }[] {
  if (node.specification) return node.specification.handles
  return [...new Map(node.ways.map((way) => [way.handle, { name: way.handle, label: way.label }])).values()]
}

export const NODE_TYPES = { step: StepNode }
