import type { NodeFigures } from '@/api/runs'
import type { Graph } from '@/components/workflow-canvas/graph'
import { formatNumber } from '@/lib/format'
import { leftAt } from './flow'

interface FlowTableProps {
  graph: Graph
  figures: NodeFigures[]
  onSelect: (node: string) => void
}

const CELL = 'py-1.5 pl-2 text-right'

/** The figures of the canvas in rows: for whoever reads them, or hears them. */
export function FlowTable({ graph, figures, onSelect }: FlowTableProps) {
  const byNode = new Map(figures.map((one) => [one.node_id, one]))
  return (
    <section>
      <h2 className="mb-2 font-semibold text-sm">Steps</h2>
      <table className="tabular w-full text-[13px]">
        <thead className="text-muted-foreground text-xs">
          <tr>
            <th scope="col" className="py-1 text-left font-medium">
              Step
            </th>
            {['Came', 'Wait', 'Failed', 'Out'].map((head) => (
              <th key={head} scope="col" className={`${CELL} font-medium`}>
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {graph.map((node) => {
            const known = byNode.get(node.id)
            return (
              <tr key={node.id}>
                <th scope="row" className="w-full max-w-0 py-1.5 text-left font-normal">
                  <button
                    type="button"
                    className="block max-w-full truncate text-primary-text hover:underline"
                    onClick={() => onSelect(node.id)}
                  >
                    {node.label}
                  </button>
                </th>
                <td className={CELL}>{formatNumber(known?.entered ?? 0)}</td>
                <td className={CELL}>{formatNumber(known?.waiting ?? 0)}</td>
                <td className={CELL}>{formatNumber(known?.failed ?? 0)}</td>
                <td className={CELL}>{formatNumber(known ? leftAt(node, known) : 0)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
