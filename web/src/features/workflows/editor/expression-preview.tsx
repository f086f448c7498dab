import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ApiProblem } from '@/api/client'
import { expressionQuery } from '@/api/workflow-drafts'
import { useStepForm } from './form-context'

const REST_MS = 400

/** What an expression comes to for the lead of the preview. */
export function ExpressionPreview({ text }: { text: string }) {
  const { leadId, definition, nodeId, outputs } = useStepForm()
  const rested = useRested(text)
  const answer = useQuery(
    expressionQuery(
      leadId === undefined ? null : { expression: rested, lead_id: leadId, node_id: nodeId, steps: outputs },
      definition,
    ),
  )
  if (leadId === undefined)
    return <p className="text-muted-foreground text-xs">Choose a lead above to see what this comes to.</p>
  if (answer.error) {
    const words = answer.error instanceof ApiProblem ? answer.error.detail : String(answer.error)
    return <p className="text-danger-text text-xs">{words}</p>
  }
  if (!answer.data) return <p className="text-muted-foreground text-xs">…</p>
  const { text: told, warnings } = answer.data
  return (
    <div className="rounded-md bg-surface-sunken px-2 py-1 text-xs" aria-live="polite">
      <p className="whitespace-pre-wrap break-words">{told || '(empty)'}</p>
      {warnings.map((warning) => (
        <p key={warning} className="text-warning-text">
          {warning}
        </p>
      ))}
    </div>
  )
}

function useRested(text: string): string {
  const [rested, setRested] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS)
    return () => clearTimeout(timer)
  }, [text])
  return rested
}
