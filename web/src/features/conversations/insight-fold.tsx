import { ChevronRight, Sparkles } from 'lucide-react'
import type { Insight } from '@/api/conversations'
import { Facts } from '@/components/ui/misc'
import { formatDuration, formatMoney, formatNumber, humanize, modelName } from '@/lib/format'
import { sentence } from './composing'

/** How an automated text came about: folded to one line, open on demand. */
export function InsightFold({ insight }: { insight: Insight }) {
  const tokens = insight.input_tokens + insight.output_tokens
  return (
    <details className="group ml-auto w-fit max-w-[min(34rem,88%)] text-xs open:w-full">
      <summary className="ml-auto flex w-fit cursor-pointer list-none items-center gap-1 rounded px-1 py-0.5 text-muted-foreground hover:text-foreground [&::-webkit-details-marker]:hidden">
        <Sparkles className="size-3.5 shrink-0" aria-hidden />
        <span className="truncate">
          {[
            insight.model && modelName(insight.model),
            tokens > 0 && `${formatNumber(tokens)} tokens`,
            Number(insight.cost) > 0 && formatMoney(insight.cost),
          ]
            .filter(Boolean)
            .join(' · ') || 'How it came about'}
        </span>
        <ChevronRight className="size-3.5 shrink-0 transition-transform group-open:rotate-90" aria-hidden />
      </summary>
      <div className="mt-1 rounded-md border bg-surface-sunken px-3 py-2.5">
        {insight.reason && (
          <p className="mb-2 whitespace-pre-wrap break-words text-[13px]">{sentence(insight.reason)}</p>
        )}
        <Facts
          className="text-xs"
          items={[
            ['Written by', [insight.name, humanize(insight.agent_type)].filter(Boolean).join(' · ')],
            ['Model', insight.model ? modelName(insight.model) : 'none'],
            ['Tokens', `${formatNumber(insight.input_tokens)} read, ${formatNumber(insight.output_tokens)} written`],
            ['Cost', formatMoney(insight.cost)],
            ['Took', formatDuration(insight.processing_time_ms / 1000)],
            [
              'Trace',
              <span key="trace" className="break-all font-mono">
                {insight.trace_id}
              </span>,
            ],
          ]}
        />
      </div>
    </details>
  )
}
