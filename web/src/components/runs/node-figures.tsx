import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { NodeFigures } from '@/api/runs'
import { formatStepTime } from '@/components/conversation/step-time'
import { Button } from '@/components/ui/button'
import { Facts } from '@/components/ui/misc'
import type { GraphNode } from '@/components/workflow-canvas/graph'
import { NodeIcon } from '@/components/workflow-canvas/icons'
import { ERROR } from '@/components/workflow-canvas/outcomes'
import { formatMoney, formatNumber, formatPercent, humanize, plural } from '@/lib/format'
import type { RunsSearch } from './filter'
import { leftAt } from './flow'

interface NodeFiguresPanelProps {
  node: GraphNode
  figures: NodeFigures | undefined
  /** Whose runs are counted. */
  of: RunsSearch
  onClose: () => void
}

/** The figures of one step, and the runs behind them. */
export function NodeFiguresPanel({ node, figures, of, onClose }: NodeFiguresPanelProps) {
  const entered = figures?.entered ?? 0
  const labelOf = (handle: string) =>
    handle === ERROR
      ? 'On error'
      : (node.outcomes.find((outcome) => outcome.name === handle)?.label ?? humanize(handle))
  const share = (count: number) =>
    `${formatNumber(count)}${entered > 0 ? ` (${formatPercent((count / entered) * 100, 0)})` : ''}`
  const outcomes = Object.entries(figures?.outcomes ?? {}).filter(([handle]) => handle)
  return (
    <section aria-labelledby="figures-title" className="grid grid-cols-1 gap-4">
      <header className="flex items-start gap-2.5">
        <span className="grid size-8 shrink-0 place-items-center rounded-md bg-primary-soft text-primary-text">
          <NodeIcon name={node.specification?.icon} className="size-4" />
        </span>
        <div className="min-w-0 flex-1">
          <h2 id="figures-title" className="break-words font-semibold text-sm">
            {node.label}
          </h2>
          <p className="text-muted-foreground text-xs">{node.specification?.label ?? node.type}</p>
        </div>
        <Button variant="ghost" size="icon-sm" aria-label="Back to the whole workflow" onClick={onClose}>
          <X />
        </Button>
      </header>
      {!figures || entered === 0 ? (
        <p className="text-[13px] text-muted-foreground">Nobody has come here yet.</p>
      ) : (
        <>
          <Facts
            items={[
              ['Came here', formatNumber(entered)],
              ['Wait now', share(figures.waiting)],
              ['Failed', share(figures.failed)],
              ['Dropped out here', share(leftAt(node, figures))],
              ...outcomes.map(([handle, count]): [string, string] => [`→ ${labelOf(handle)}`, share(count)]),
              ['Usually takes', figures.median_ms === null ? '–' : formatStepTime(figures.median_ms)],
              ['95 % within', figures.p95_ms === null ? '–' : formatStepTime(figures.p95_ms)],
              ['Tokens', formatNumber(figures.tokens)],
              ['Cost', formatMoney(figures.cost)],
            ]}
          />
          <ul className="grid justify-items-start gap-2">
            {figures.waiting > 0 && (
              <RunsLink search={{ ...of, node: node.id, status: 'waiting' }}>
                {plural(figures.waiting, 'run')} waiting here
              </RunsLink>
            )}
            {figures.failed > 0 && (
              <RunsLink search={{ ...of, node: node.id, status: 'failed' }}>
                {plural(figures.failed, 'run')} failed here
              </RunsLink>
            )}
            <RunsLink search={{ ...of, passed: node.id }}>All runs that came here</RunsLink>
          </ul>
        </>
      )}
    </section>
  )
}

function RunsLink({ search, children }: { search: RunsSearch; children: React.ReactNode }) {
  return (
    <li>
      <Button asChild>
        <Link to="/runs" search={search}>
          {children}
        </Link>
      </Button>
    </li>
  )
}
