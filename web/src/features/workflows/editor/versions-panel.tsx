import { useQuery } from '@tanstack/react-query'
import { History } from 'lucide-react'
import { useState } from 'react'
import { useRestore } from '@/api/workflow-drafts'
import { type Workflow, type WorkflowDefinition, type WorkflowVersion, workflowVersionsQuery } from '@/api/workflows'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Confirm } from '@/components/ui/dialog'
import { EmptyState, ErrorState, SkeletonLines } from '@/components/ui/states'
import { cn } from '@/lib/cn'
import { formatDateTime } from '@/lib/format'
import { toast, toastProblem } from '@/lib/toast'
import { differenceOf } from '../diff'
import { DifferenceList } from './difference-list'
import { definitionOf } from './document'
import { useDoc } from './store'

interface VersionsPanelProps {
  workflow: Workflow
  /** The version that is looked at on the canvas. */
  shown: number | undefined
  onShow: (version: WorkflowVersion | undefined) => void
  onRestored: (workflow: Workflow) => void
}

/** What was published, newest first; each to look at, compared with the draft, and to take back into the draft. */
export function VersionsPanel({ workflow, shown, onShow, onRestored }: VersionsPanelProps) {
  const doc = useDoc()
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
        onShow(undefined)
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
      <ol className="grid grid-cols-1 gap-2">
        {versions.data.map((version: WorkflowVersion) => {
          const isShown = version.version === shown
          const definition = version.definition as unknown as WorkflowDefinition
          return (
            <li key={version.id} className={cn('grid gap-1.5 rounded-lg border p-3', isShown && 'border-primary')}>
              <div className="flex flex-wrap items-center gap-2 text-[13px]">
                <span className="font-medium">Version {version.version}</span>
                {version.version === workflow.published_version && <Badge tone="success">Published</Badge>}
                <span className="ml-auto text-muted-foreground text-xs">{formatDateTime(version.created_at)}</span>
              </div>
              {version.created_by && <p className="text-muted-foreground text-xs">by {version.created_by}</p>}
              {version.note && <p className="whitespace-pre-wrap text-[13px]">{version.note}</p>}
              <div className="flex gap-2">
                <Button size="sm" aria-pressed={isShown} onClick={() => onShow(isShown ? undefined : version)}>
                  {isShown ? 'Back to the draft' : 'Look at it'}
                </Button>
                <Button size="sm" onClick={() => setAsked(version)}>
                  Restore
                </Button>
              </div>
              {isShown && (
                <div className="border-t pt-2">
                  <h3 className="mb-1 font-medium text-[13px]">The draft, compared with it</h3>
                  <DifferenceList difference={differenceOf(definition, definitionOf(doc))} />
                </div>
              )}
            </li>
          )
        })}
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
