import { cn } from '@/lib/cn'
import { type Graph, type GraphNode, outlineOf } from './graph'
import { NodeIcon } from './icons'

interface OutlineProps {
  graph: Graph
  selected?: string | undefined
  /** Without it, the list is only read. */
  onSelect?: (id: string) => void
}

/** The graph as a list of steps, each with where its outcomes lead: the same for eyes and for ears. */
export function Outline({ graph, selected, onSelect }: OutlineProps) {
  return (
    <ol className="grid grid-cols-1 gap-0.5">
      {outlineOf(graph).map(({ node, number, ways }) => (
        <li key={node.id}>
          {onSelect ? (
            <button
              type="button"
              aria-pressed={node.id === selected}
              onClick={() => onSelect(node.id)}
              className={cn(ROW, 'hover:bg-accent', node.id === selected && 'bg-accent')}
            >
              <Step node={node} number={number} ways={ways} />
            </button>
          ) : (
            <div className={ROW}>
              <Step node={node} number={number} ways={ways} />
            </div>
          )}
        </li>
      ))}
    </ol>
  )
}

const ROW = 'flex w-full items-start gap-2.5 rounded-md px-2 py-1.5 text-left text-[13px]'

function Step({ node, number, ways }: { node: GraphNode; number: number; ways: string[] }) {
  return (
    <>
      <NodeIcon name={node.specification?.icon} className="mt-0.5 size-4 shrink-0 text-muted-foreground" />
      <span className="min-w-0">
        <span className="block font-medium">
          {number}. {node.label}
          {node.data.disabled === true && <span className="font-normal text-muted-foreground"> · off</span>}
        </span>
        {ways.map((way) => (
          <span key={way} className="block text-muted-foreground text-xs">
            {way}
          </span>
        ))}
        {ways.length === 0 && (
          <span className="block text-muted-foreground text-xs">
            {node.specification && !node.specification.ends_run ? 'Nothing follows yet.' : 'The run ends here.'}
          </span>
        )}
      </span>
    </>
  )
}
