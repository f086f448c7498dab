/** How a workflow does over many runs, as it is drawn and told. */
import type { FlowStatistics, NodeFigures, Variant } from '@/api/runs'
import type { Graph, GraphNode } from '@/components/workflow-canvas/graph'
import { type EdgeMark, edgeKey, type Marks, type NodeMarks } from '@/components/workflow-canvas/marks'
import { formatNumber, formatPercent } from '@/lib/format'

const THINNEST = 1.5
const WIDEST = 10

/** How many runs took each edge, in order of the node's ways. */
const wentOn = (node: GraphNode, figures: NodeFigures): number =>
  [...new Set(node.ways.map((way) => way.handle))].reduce((sum, handle) => sum + (figures.outcomes[handle] ?? 0), 0)

/**
 * How many came to a step and neither went on nor wait there. None where a run is meant to end.
 * In a cycle a run that comes twice counts twice, as it does in both figures.
 */
export function leftAt(node: GraphNode, figures: NodeFigures): number {
  if (node.ways.length === 0) return 0
  return Math.max(0, figures.entered - figures.waiting - wentOn(node, figures))
}

const sharePercent = (part: number, whole: number): number => (whole > 0 ? (part / whole) * 100 : 0)

/** Figures on the canvas: who came, who waits and failed; edges as wide as what went along them. */
export function marksOfFlow({ nodes: figures }: Pick<FlowStatistics, 'nodes'>, graph: Graph): Marks {
  const byNode = new Map(figures.map((one) => [one.node_id, one]))
  const nodes = new Map<string, NodeMarks>()
  const edges = new Map<string, EdgeMark>()
  const most = Math.max(1, ...figures.map((one) => one.entered))
  for (const node of graph) {
    const known = byNode.get(node.id)
    nodes.set(node.id, known && known.entered > 0 ? marksOfNode(node, known) : { isFaint: true, told: 'nobody yet' })
    for (const { handle } of node.ways) {
      const count = known?.outcomes[handle] ?? 0
      if (count === 0) continue
      const width = THINNEST + (WIDEST - THINNEST) * (count / most)
      edges.set(edgeKey({ source: node.id, sourceHandle: handle }), {
        kind: 'traffic',
        told: formatNumber(count),
        width,
      })
    }
  }
  return { nodes, edges }
}

function marksOfNode(node: GraphNode, figures: NodeFigures): NodeMarks {
  const left = leftAt(node, figures)
  return {
    counts: [
      { label: 'waiting', value: figures.waiting, tone: 'warning' as const },
      { label: 'failed', value: figures.failed, tone: 'danger' as const },
    ].filter((count) => count.value > 0),
    told: [
      `${formatNumber(figures.entered)} came`,
      left > 0 && `${formatNumber(left)} dropped out (${formatPercent(sharePercent(left, figures.entered), 0)})`,
    ]
      .filter(Boolean)
      .join(' · '),
  }
}

export interface DrawnInterval {
  variant: Variant
  /** Percent of the drawing's width. */
  from: number
  to: number
  at: number
}

/** Intervals on one scale from nothing to the highest end, rounded up to a whole tenth of it. */
export function intervalsOf(variants: Variant[]): { end: number; drawn: DrawnInterval[] } {
  const highest = Math.max(...variants.map((variant) => variant.high), 0.001)
  const step = 10 ** Math.floor(Math.log10(highest))
  const end = Math.min(1, Math.ceil(highest / step) * step)
  const percent = (rate: number) => Math.min(100, (rate / end) * 100)
  return {
    end,
    drawn: variants.map((variant) => ({
      variant,
      from: percent(variant.low),
      to: percent(variant.high),
      at: percent(variant.rate),
    })),
  }
}
