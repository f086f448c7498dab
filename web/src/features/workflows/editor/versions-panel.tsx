import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { useRestore } from '@/api/workflow-drafts'
import { type Workflow, type WorkflowVersion, workflowVersionsQuery } from '@/api/workflows'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { formatDateTime } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'
import { ComparisonCard } from './comparison-card'
import type { Specifications } from './document'
import { useEditorStore } from './store'
import type { Comparison, Sides } from './use-comparison'

interface VersionsPanelProps {
  workflow: Workflow
  specifications: Specifications
  /** What is seen on the canvas. */
  comparison: Comparison | null
  onCompare: (sides: Sides | null) => void
  onRestored: (workflow: Workflow) => void
}

/** What was published, newest first; each to look at, compared with the draft, and to take back into the draft. */
export function VersionsPanel({ workflow, specifications, comparison, onCompare, onRestored }: VersionsPanelProps) {
  const store = useEditorStore()
  const versions = useQuery(workflowVersionsQuery(workflow.id))
  const restore = useRestore(workflow.id)
  const [asked, setAsked] = useState<WorkflowVersion>()
  if (versions.isPending) return <SkeletonLines count={5} />
  if (versions.isError) return <ErrorState error={versions.error} onRetry={versions.refetch} />
  if (versions.data.length === 0) {
    return (
      <EmptyState icon={History} title="Not published yet">
        Campaigns can follow this workflow once a version of it is published.
      </EmptyState>
    )
  }
  const take = () =>
    asked &&
    restore.mutate(asked.version, {
      onSuccess: (restored) => {
        setAsked(undefined)
        onCompare(null)
        onRestored(restored)
        toast.success(`The draft is version ${asked.version} again`)
      },
      onError: toastProblem,
    })
  return (
    <div className="grid grid-cols-1 gap-3">
      <div>
        <h2 className="font-semibold text-sm">Versions</h2>
        <p className="text-[13px] text-muted-foreground">Runs finish on the version they began with.</p>
      </div>
      {comparison && (
        <ComparisonCard
          comparison={comparison}
          versions={versions.data}
          specifications={specifications}
          onCompare={onCompare}
          onShow={(id) => store.reveal(id)}
        />
      )}
      <ol className="grid grid-cols-1 gap-2">
        {versions.data.map((version: WorkflowVersion) => (
          <li key={version.id} className="grid gap-1.5 rounded-lg border p-3">
            <div className="flex flex-wrap items-center gap-2 text-[13px]">
              <span className="font-medium">Version {version.version}</span>
              {version.version === workflow.published_version && <Badge tone="success">Published</Badge>}
              <span className="ml-auto text-muted-foreground text-xs">{formatDateTime(version.created_at)}</span>
            </div>
            {version.created_by && <p className="text-muted-foreground text-xs">by {version.created_by}</p>}
            {version.note && <p className="whitespace-pre-wrap break-words text-[13px]">{version.note}</p>}
            <div className="flex gap-2">
              <Button
                size="sm"
                aria-label={`Compare version ${version.version} with the draft`}
                onClick={() => onCompare({ from: version.version, to: 'draft' })}
              >
                Compare
              </Button>
              <Button size="sm" aria-label={`Restore version ${version.version}`} onClick={() => setAsked(version)}>
                Restore
              </Button>
            </div>
          </li>
        ))}
      </ol>
      <Confirm
        open={asked !== undefined}
        onOpenChange={(open) => !open && setAsked(undefined)}
        title={`Restore version ${asked?.version}?`}
        description="It takes the place of what is in the draft now. Nothing is published by this."
        action="Restore"
        isBusy={restore.isPending}
        onConfirm={take}
      />
    </div>
  )
}
