import { FlaskConical } from 'lucide-react'
import { useState } from 'react'
import { type TrialLead, type TrialReport, useTestCampaign } from '@/api/campaign-trials'
import type { Campaign } from '@/api/campaigns'
import { Transcript } from '@/components/conversation/conversation-viewer'
import { formatStepTime } from '@/components/conversation/step-time'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { NativeSelect } from '@/components/ui/input'
import { ErrorState, Notice, SkeletonLines } from '@/components/ui/states'
import { formatMoney, formatNumber, formatPhone, humanize, plural } from '@/lib/format'
import { OutgoingText } from './preview-panel'
import { skipWords } from './states'

const SAMPLES = [1, 3, 5, 10]

/** Runs the whole workflow on a few real leads and shows what would happen. Nothing is sent. */
export function TrialPanel({ campaign, save }: { campaign: Campaign; save: () => Promise<boolean> }) {
  const [sample, setSample] = useState(3)
  const [isSaving, setSaving] = useState(false)
  const trial = useTestCampaign(campaign.id)
  const run = async () => {
    setSaving(true)
    const isSaved = await save()
    setSaving(false)
    if (isSaved) trial.mutate(sample)
  }
  return (
    <section aria-labelledby="trial-title" className="rounded-lg border p-4">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h3 id="trial-title" className="flex items-center gap-2 font-semibold text-sm">
            <FlaskConical className="size-4 text-muted-foreground" aria-hidden /> Test on real leads
          </h3>
          <p className="text-[13px] text-muted-foreground">
            The whole workflow runs for a sample of the audience. Nothing is sent and nobody is told.
          </p>
        </div>
        <NativeSelect
          aria-label="How many leads"
          className="w-auto"
          value={sample}
          onChange={(event) => setSample(Number(event.target.value))}
        >
          {SAMPLES.map((count) => (
            <option key={count} value={count}>
              {plural(count, 'lead')}
            </option>
          ))}
        </NativeSelect>
        <Button isBusy={isSaving || trial.isPending} onClick={() => void run()}>
          Run the test
        </Button>
      </div>
      <div aria-live="polite">
        {trial.isPending ? (
          <SkeletonLines count={5} className="mt-4" />
        ) : trial.error ? (
          <ErrorState error={trial.error} onRetry={() => trial.mutate(sample)} className="py-6" />
        ) : (
          trial.data && <Report report={trial.data} />
        )}
      </div>
    </section>
  )
}

function Report({ report }: { report: TrialReport }) {
  if (report.leads.length === 0) {
    return (
      <Notice tone="warning" className="mt-4">
        There is nobody to test on: no lead of the audience may be texted.
      </Notice>
    )
  }
  const tokens = report.input_tokens + report.output_tokens
  return (
    <div className="mt-4 grid grid-cols-1 gap-3">
      <p className="tabular text-[13px]">
        {formatNumber(report.completed)} completed, {formatNumber(report.failed)} failed. Sending these texts would cost{' '}
        {formatMoney(report.texts_cost)}; the test used {formatNumber(tokens)} tokens for{' '}
        {formatMoney(report.model_cost)}
        {report.is_offline && ' (written by rules)'}.
      </p>
      <ol className="grid grid-cols-1 gap-3">
        {report.leads.map((lead) => (
          <li key={lead.lead.id} className="grid grid-cols-1 gap-3 rounded-lg bg-surface-sunken p-3">
            <Tested tried={lead} />
          </li>
        ))}
      </ol>
    </div>
  )
}

function Tested({ tried }: { tried: TrialLead }) {
  const isDone = tried.outcome === 'completed'
  return (
    <>
      <div className="flex flex-wrap items-center gap-2 text-[13px]">
        <span className="font-medium">{tried.lead.name || 'Without a name'}</span>
        <span className="tabular text-muted-foreground">{formatPhone(tried.lead.phone)}</span>
        <span className="ml-auto">
          <Status tone={isDone ? 'success' : 'danger'}>{isDone ? 'Would be texted' : 'Would fail'}</Status>
        </span>
      </div>
      {tried.excluded && <Notice tone="warning">Left out by the campaign: {skipWords(tried.excluded)}.</Notice>}
      {tried.error && <Notice tone="danger">{tried.error}</Notice>}
      {tried.texts.map((text, index) => (
        <OutgoingText key={index} text={text} />
      ))}
      {tried.empty_placeholders.length > 0 && (
        <Notice tone="warning">Empty: {tried.empty_placeholders.map((name) => `{{${name}}}`).join(', ')}</Notice>
      )}
      <ol className="flex flex-wrap items-center gap-x-1.5 gap-y-1 text-muted-foreground text-xs" aria-label="Steps">
        {tried.steps.map((step, index) => (
          <li key={index} title={step.message} className="flex items-center gap-1.5">
            {index > 0 && <span aria-hidden>→</span>}
            {humanize(step.node)} ({formatStepTime(step.milliseconds)})
          </li>
        ))}
      </ol>
      <Transcript
        lines={tried.transcript.map((line, index) => ({
          ...line,
          ...(index === tried.transcript.length - 1 && {
            metadata: {
              model: tried.model,
              input_tokens: tried.input_tokens,
              output_tokens: tried.output_tokens,
              cost: tried.model_cost,
            },
          }),
        }))}
      />
    </>
  )
}
