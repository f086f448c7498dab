import { ChevronRight } from 'lucide-react'
import type { TriedRun, TriedStep } from '@/api/workflow-drafts'
import { countSegments } from '@/components/conversation/segments'
import { Facts } from '@/components/ui/misc'
import { Notice } from '@/components/ui/states'
import { formatMoney, formatNumber, humanize, plural } from '@/lib/format'
import { milliseconds } from './tried-words'

/** What went into a step and what came out of it. */
export function StepResult({ step }: { step: TriedStep }) {
  const facts: [string, string][] = [
    ['Left by', step.outcome ? humanize(step.outcome) : 'the end'],
    ['Time', milliseconds(step.ms)],
    ...(step.tokens ? [['Tokens', formatNumber(step.tokens)] as [string, string]] : []),
    ...(Number(step.cost) ? [['Cost', formatMoney(step.cost)] as [string, string]] : []),
  ]
  return (
    <div className="grid grid-cols-1 gap-2">
      {step.error ? (
        <Notice tone="danger">{step.error}</Notice>
      ) : (
        step.message && <p className="text-[13px]">{step.message}</p>
      )}
      <Facts items={facts} />
      <Json title="Input" value={step.input} />
      <Json title="Output" value={step.output} />
    </div>
  )
}

function Json({ title, value }: { title: string; value: unknown }) {
  if (value === null || value === undefined || JSON.stringify(value) === '{}') return null
  return (
    <details className="group">
      <summary className="flex cursor-pointer list-none items-center gap-1 text-[13px] text-muted-foreground">
        <ChevronRight className="size-3.5 transition-transform group-open:rotate-90" aria-hidden />
        {title}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long output scrolls, also by keyboard */}
      <pre tabIndex={0} className="mt-1 max-h-60 overflow-auto rounded-md bg-surface-sunken p-2 text-xs">
        {JSON.stringify(value, null, 2)}
      </pre>
    </details>
  )
}

/** Texts as the lead would read them, with what they are billed as. */
export function TriedTexts({ texts }: { texts: TriedRun['texts'] }) {
  if (texts.length === 0) return null
  return (
    <ul className="grid gap-2" aria-label="Texts that would be sent">
      {texts.map((text, index) => {
        const segments = text.segments ?? countSegments(text.body).segments
        return (
          <li key={index} className="flex flex-col items-end gap-0.5">
            <p
              dir="auto"
              className="max-w-[90%] whitespace-pre-wrap break-words rounded-xl rounded-br-sm bg-primary-soft px-3 py-2 text-sm"
            >
              {text.body}
            </p>
            <p className="tabular px-1 text-muted-foreground text-xs">{plural(segments, 'segment')} · not sent</p>
          </li>
        )
      })}
    </ul>
  )
}
