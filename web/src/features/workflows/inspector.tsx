import { X } from 'lucide-react'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Notice } from '@/components/ui/states'
import type { GraphNode } from '@/components/workflow-canvas/graph'
import { NodeIcon } from '@/components/workflow-canvas/icons'

/** Everything about one step: what it does, what is set, where it leads. */
export function Inspector({ node, onClose }: { node: GraphNode; onClose: () => void }) {
  const { specification } = node
  return (
    <section aria-labelledby="inspector-title">
      <header className="flex items-start gap-2.5">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
          <NodeIcon name={specification?.icon} className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          <h2 id="inspector-title" className="font-semibold text-sm">
            {node.label}
          </h2>
          <p className="text-muted-foreground text-xs">
            {specification?.label ?? 'Unknown kind of step'} · <code>{node.type}</code>
          </p>
        </div>
        <Button variant="ghost" size="icon-sm" aria-label="Back to the outline" onClick={onClose}>
          <X />
        </Button>
      </header>
      {!specification && (
        <Notice tone="warning" className="mt-3">
          This version of Outrider does not know steps of this kind; the workflow can’t run here.
        </Notice>
      )}
      {specification?.unavailable && (
        <Notice tone="warning" className="mt-3">
          {specification.unavailable}
        </Notice>
      )}
      {specification && <p className="mt-3 text-[13px] text-muted-foreground">{plain(specification.docs)}</p>}
      <h3 className="mt-4 mb-1.5 font-medium text-[13px]">Parameters</h3>
      {node.parameters.length === 0 ? (
        <p className="text-[13px] text-muted-foreground">Nothing is set: the usual values apply.</p>
      ) : (
        <dl className="grid gap-2.5 text-[13px]">
          {node.parameters.map((parameter) => (
            <div key={parameter.name}>
              <dt className="text-muted-foreground text-xs" title={parameter.description}>
                {parameter.label}
              </dt>
              <dd className="whitespace-pre-wrap break-words">{parameter.value}</dd>
            </div>
          ))}
        </dl>
      )}
      {node.outcomes.length > 0 && (
        <>
          <h3 className="mt-4 mb-1.5 font-medium text-[13px]">Outcomes</h3>
          <ul className="grid gap-2 text-[13px]">
            {node.outcomes.map((handle) => {
              const isUsed = node.ways.some((way) => way.handle === handle.name)
              return (
                <li key={handle.name}>
                  <span className="flex items-center gap-2">
                    {handle.label}
                    {!isUsed && <Badge>not connected</Badge>}
                  </span>
                  <span className="block text-muted-foreground text-xs">{handle.description}</span>
                </li>
              )
            })}
          </ul>
        </>
      )}
    </section>
  )
}

/** The documentation is Markdown with emphasis only. */
const plain = (markdown: string) => markdown.replaceAll(/\*\*|`/g, '')
