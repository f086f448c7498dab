import { useNavigate } from '@tanstack/react-router'
import { Upload } from 'lucide-react'
import { useRef } from 'react'
import { ApiProblem } from '@/api/client'
import { useImportWorkflow, type WorkflowFile } from '@/api/workflow-drafts'
import { Button } from '@/components/ui/button'
import { toastProblem } from '@/lib/toast'

/** Makes a workflow of a file that was exported, as a draft. */
export function ImportButton() {
  const navigate = useNavigate()
  const file = useRef<HTMLInputElement>(null)
  const take = useImportWorkflow()
  const read = async (chosen: File | undefined) => {
    if (!chosen) return
    try {
      const made = await take.mutateAsync(parsed(chosen.name, await chosen.text()))
      await navigate({ to: '/workflows/$workflowId/edit', params: { workflowId: made.id } })
    } catch (error) {
      toastProblem(error)
    }
  }
  return (
    <>
      <input
        ref={file}
        type="file"
        accept="application/json,.json"
        className="hidden"
        aria-label="File of a workflow"
        onChange={(event) => {
          void read(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <Button isBusy={take.isPending} onClick={() => file.current?.click()}>
        <Upload /> Import
      </Button>
    </>
  )
}

function parsed(name: string, text: string): WorkflowFile {
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiProblem(
      0,
      'That is no workflow',
      `${name} is no JSON.`,
      'Choose a file that was exported from a workflow.',
    )
  }
}
