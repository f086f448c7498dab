import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { differenceQuery, usePublish } from '@/api/workflow-drafts'
import type { Workflow, WorkflowDefinition } from '@/api/workflows'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Textarea } from '@/components/ui/input'
import { ErrorState, SkeletonLines } from '@/components/ui/states'
import { toast, toastProblem } from '@/lib/toast'
import { namesOf } from './comparing'
import { DifferenceList } from './difference-list'
import { docOf, type Specifications } from './document'
import { FieldRow } from './field-row'
import { useDoc } from './store'
import type { DraftSaver } from './use-draft'

interface PublishDialogProps {
  workflow: Workflow
  specifications: Specifications
  draft: DraftSaver
  onClose: () => void
}

/** Makes the draft the version that campaigns follow from now on. */
export function PublishDialog({ workflow, specifications, draft, onClose }: PublishDialogProps) {
  const publish = usePublish(workflow.id)
  const [note, setNote] = useState('')
  const [isSaving, setSaving] = useState(false)
  const run = async () => {
    setSaving(true)
    const isSaved = draft.state === 'saved' || (await draft.save())
    setSaving(false)
    if (!isSaved) return
    publish.mutate(
      { note, revision: draft.revision() },
      {
        onSuccess: (version) => {
          toast.success(`Version ${version.version} is published`)
          onClose()
        },
        onError: toastProblem,
      },
    )
  }
  return (
    <Dialog open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <DialogContent
        title="Publish"
        description="Campaigns that start from now on follow this version. Runs that are under way finish on theirs."
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="primary" isBusy={isSaving || publish.isPending} onClick={() => void run()}>
              Publish
            </Button>
          </>
        }
      >
        <div className="grid grid-cols-1 gap-4">
          <FieldRow label="What changed, and why" hint="For whoever reads the versions later.">
            {(ids) => (
              <Textarea {...ids} value={note} maxLength={2000} onChange={(event) => setNote(event.target.value)} />
            )}
          </FieldRow>
          {workflow.published_version !== null && (
            <section aria-labelledby="publish-changes">
              <h3 id="publish-changes" className="mb-2 font-medium text-[13px]">
                Compared with version {workflow.published_version}
              </h3>
              <Changes
                workflow={workflow}
                from={workflow.published_version}
                specifications={specifications}
                draft={draft}
              />
            </section>
          )}
        </div>
      </DialogContent>
    </Dialog>
  )
}

interface ChangesProps {
  workflow: Workflow
  from: number
  specifications: Specifications
  draft: DraftSaver
}

/** What campaigns will follow instead of what they follow now. */
function Changes({ workflow, from, specifications, draft }: ChangesProps) {
  const doc = useDoc()
  const isSaved = draft.state === 'saved'
  const { save } = draft
  // The server compares what it has.
  useEffect(() => {
    if (!isSaved) void save()
  }, [isSaved, save])
  const { data, error, refetch } = useQuery({
    ...differenceQuery(workflow.id, from, 'draft', draft.revision()),
    enabled: isSaved,
  })
  const before = useMemo(
    () => docOf(workflow.config as unknown as WorkflowDefinition, specifications),
    [workflow, specifications],
  )
  if (data) return <DifferenceList difference={data} names={namesOf(specifications, before, doc)} />
  return error ? <ErrorState error={error} onRetry={refetch} /> : <SkeletonLines count={3} />
}
