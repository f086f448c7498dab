import type { QueueDepth, QueueState } from '@/api/jobs'
import { Card, CardHeader } from '@/components/ui/card'
import { cn } from '@/lib/cn'
import { formatAgo, formatDateTime, formatNumber } from '@/lib/format'
import { jobTitle } from './words'

/** How much there is to do, in all and by kind. */
export function QueueOverview({ queue }: { queue: QueueState }) {
  return (
    <div className="grid gap-4">
      <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 xl:grid-cols-5">
        <Figure label="Waiting" value={formatNumber(queue.waiting)} note="due now" />
        <Figure label="Running" value={formatNumber(queue.running)} note="taken by a worker" />
        <Figure label="Scheduled" value={formatNumber(queue.scheduled)} note="due later" />
        <Figure label="Failed" value={formatNumber(queue.failed)} note="for good" isBad={queue.failed > 0} />
        <Figure
          label="Oldest waiting"
          value={queue.oldest_waiting ? formatAgo(queue.oldest_waiting) : 'none'}
          note={queue.oldest_waiting ? `due ${formatDateTime(queue.oldest_waiting)}` : 'workers keep up'}
        />
      </dl>
      <Card className="overflow-hidden">
        <CardHeader title="By kind" />
        {queue.jobs.length === 0 ? (
          <p className="px-4 pb-4 text-[13px] text-muted-foreground">The queue is empty: everything is done.</p>
        ) : (
          <KindTable kinds={queue.jobs} />
        )}
      </Card>
    </div>
  )
}

function Figure({ label, value, note, isBad }: { label: string; value: string; note: string; isBad?: boolean }) {
  return (
    <div className="min-w-0 rounded-lg border bg-surface px-4 py-3 shadow-sm">
      <dt className="text-[13px] text-muted-foreground">{label}</dt>
      <dd className={cn('tabular truncate font-semibold text-xl', isBad && 'text-danger-text')}>{value}</dd>
      <dd className="truncate text-muted-foreground text-xs">{note}</dd>
    </div>
  )
}

function KindTable({ kinds }: { kinds: QueueDepth[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="overflow-x-auto border-t" tabIndex={0} aria-label="Jobs by kind">
      <table className="tabular w-full min-w-xl text-[13px]">
        <thead>
          <tr className="border-b bg-surface-sunken text-left text-muted-foreground text-xs">
            <th scope="col" className="px-4 py-2 font-medium">
              Kind
            </th>
            {['Waiting', 'Running', 'Scheduled', 'Failed'].map((heading) => (
              <th key={heading} scope="col" className="px-4 py-2 text-right font-medium">
                {heading}
              </th>
            ))}
            <th scope="col" className="px-4 py-2 text-right font-medium">
              Oldest waiting
            </th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {kinds.map((kind) => (
            <tr key={kind.name}>
              <th scope="row" className="px-4 py-2 text-left font-medium" title={kind.name}>
                {jobTitle(kind.name)}
              </th>
              <Count value={kind.waiting} />
              <Count value={kind.running} />
              <Count value={kind.scheduled} />
              <Count value={kind.failed} isBad />
              <td className="px-4 py-2 text-right text-muted-foreground">{formatAgo(kind.oldest_waiting)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Count({ value, isBad }: { value: number; isBad?: boolean }) {
  return (
    <td
      className={cn(
        'px-4 py-2 text-right',
        value === 0 && 'text-muted-foreground',
        isBad && value > 0 && 'text-danger-text',
      )}
    >
      {formatNumber(value)}
    </td>
  )
}
