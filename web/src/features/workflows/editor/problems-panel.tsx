import { CircleAlert, CircleCheck } from 'lucide-react'
import { EmptyState } from '@/components/ui/states'
import { nodeOf, type Specifications } from './document'
import type { Problem } from './problems'
import { useDoc } from './store'
import { titleOf } from './titles'

interface ProblemsPanelProps {
  problems: Problem[]
  specifications: Specifications
  onJump: (nodeId: string) => void
}

/** Everything that stands in the way of publishing, each with the step it is about. */
export function ProblemsPanel({ problems, specifications, onJump }: ProblemsPanelProps) {
  const doc = useDoc()
  if (problems.length === 0) {
    return (
      <EmptyState icon={CircleCheck} title="Nothing stands in the way">
        The workflow can be published.
      </EmptyState>
    )
  }
  return (
    <ul className="grid gap-1" aria-label="Problems">
      {problems.map((problem, index) => {
        const node = problem.nodeId ? nodeOf(doc, problem.nodeId) : undefined
        const words = (
          <>
            <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger-text" aria-hidden />
            <span className="min-w-0">
              {node && <span className="block font-medium">{titleOf(node, specifications.get(node.type))}</span>}
              <span className="block">{problem.words}</span>
              {problem.remedy && <span className="block text-muted-foreground">{problem.remedy}</span>}
            </span>
          </>
        )
        const look = 'flex w-full items-start gap-2 rounded-md px-2 py-1.5 text-left text-[13px]'
        return (
          <li key={index}>
            {node ? (
              <button type="button" className={`${look} hover:bg-accent`} onClick={() => onJump(node.id)}>
                {words}
              </button>
            ) : (
              <p className={look}>{words}</p>
            )}
          </li>
        )
      })}
    </ul>
  )
}
