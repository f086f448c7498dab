import { formatDay } from '@/lib/format'
import type { Chart } from './chart'

interface DailyTableProps {
  chart: Chart
  format: (value: number) => string
  caption: string
  /** Also the sum of each day. */
  withTotal?: boolean
}

/** The figures behind a chart, the latest day first: for whoever reads them, or hears them. */
export function DailyTable({ chart, format, caption, withTotal }: DailyTableProps) {
  const heads = [...chart.series.map(({ label }) => label), ...(withTotal ? ['Total'] : [])]
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="max-h-56 overflow-auto" tabIndex={0} aria-label={caption}>
      <table className="tabular w-full text-[13px]">
        <thead className="sticky top-0 bg-surface text-left text-muted-foreground text-xs">
          <tr>
            <th scope="col" className="py-1 font-medium">
              Day
            </th>
            {heads.map((head) => (
              <th key={head} scope="col" className="py-1 pl-4 text-right font-medium">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y">
          {chart.days.toReversed().map(({ day, values, total }) => (
            <tr key={day}>
              <th scope="row" className="whitespace-nowrap py-1 text-left font-normal">
                {formatDay(day)}
              </th>
              {chart.series.map((series) => (
                <td key={series.key} className="py-1 pl-4 text-right">
                  {format(values[series.key] ?? 0)}
                </td>
              ))}
              {withTotal && <td className="py-1 pl-4 text-right font-medium">{format(total)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
