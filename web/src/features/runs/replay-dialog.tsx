import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { type RunDetail, useReplay } from '@/api/runs'
import { Button } from '@/components/ui/button'
import { Dialog, DialogContent } from '@/components/ui/dialog'
import { Field } from '@/components/ui/field'
import { NativeSelect } from '@/components/ui/input'
import { RadioCard } from '@/components/ui/radio-card'
import { Notice } from '@/components/ui/states'
import { toastProblem } from '@/lib/toast'

interface ReplayDialogProps {
  run: RunDetail
  /** Steps that the run came to: path and name. */
  steps: { path: string; label: string }[]
  from: string
  /** Which visit to that step; null is the latest. */
  visit: number | null
  onClose: () => void
}

const MODES = [
  {
    isDry: true,
    label: 'Dry run',
    words: 'Nothing leaves and nothing is changed. You see what each step would do, with the lead as it is today.',
  },
  {
    isDry: false,
    label: 'Live',
    words:
      'It really happens, for this lead, from that step on. What the first run did already (a text that was sent, a call that was made) is not done again; what it did not do yet, is.',
  },
]

/** Runs again from one step: dry, unless one asks for more. */
export function ReplayDialog({ run, steps, from, visit, onClose }: ReplayDialogProps) {
  const navigate = useNavigate()
  const replay = useReplay(run.id)
  const [path, setPath] = useState(from)
  const [version, setVersion] = useState<number | null>(null)
  const [isDry, setDry] = useState(true)
  const start = () =>
    replay.mutate(
      { from_node: path, visit: path === from ? visit : null, version, dry: isDry },
      {
        onSuccess: (made) => void navigate({ to: '/runs/$runId', params: { runId: made.id }, search: { step: path } }),
        onError: toastProblem,
      },
    )
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title="Replay"
        description="What came before that step is taken over from this run; the rest runs anew, as a run of its own."
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button variant={isDry ? 'primary' : 'danger'} isBusy={replay.isPending} onClick={start}>
              {isDry ? 'Start the dry run' : 'Replay live'}
            </Button>
          </>
        }
      >
        <div className="grid gap-4">
          <Field label="From">
            {(control) => (
              <NativeSelect {...control} value={path} onChange={(event) => setPath(event.target.value)}>
                {steps.map((step) => (
                  <option key={step.path} value={step.path}>
                    {step.label}
                  </option>
                ))}
              </NativeSelect>
            )}
          </Field>
          {run.newer_version && (
            <Field label="Version" hint="A newer one may have other steps; the step above must be among them.">
              {(control) => (
                <NativeSelect
                  {...control}
                  value={version ?? ''}
                  onChange={(event) => setVersion(event.target.value ? Number(event.target.value) : null)}
                >
                  <option value="">The same: version {run.workflow_version}</option>
                  <option value={run.newer_version ?? ''}>The newest: version {run.newer_version}</option>
                </NativeSelect>
              )}
            </Field>
          )}
          <fieldset className="grid gap-2">
            <legend className="mb-1.5 font-medium text-[13px]">How</legend>
            {MODES.map((mode) => (
              <RadioCard
                key={mode.label}
                name="mode"
                title={mode.label}
                checked={isDry === mode.isDry}
                onChoose={() => setDry(mode.isDry)}
              >
                {mode.words}
              </RadioCard>
            ))}
          </fieldset>
          {!isDry && (
            <Notice tone="warning">
              The lead may get texts and calls. Limits, quiet hours and opt-outs hold as always.
            </Notice>
          )}
        </div>
      </DialogContent>
    </Dialog>
  )
}
