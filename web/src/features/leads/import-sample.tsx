import type { ImportPreview } from '@/api/imports'
import { Badge } from '@/components/ui/badge'
import { Card, CardHeader } from '@/components/ui/card'
import { cn } from '@/lib/cn'
import { sampleVerdict, troubledCells } from './importing'

const VERDICTS: Record<string, { label: string; tone: 'success' | 'warning' | 'danger' }> = {
  ok: { label: 'Becomes a lead', tone: 'success' },
  'ok, without some values': { label: 'Without some values', tone: 'warning' },
  rejected: { label: 'Rejected', tone: 'danger' },
}

/** The first rows as the file has them, with what would become of each and the cells that are the reason. */
export function ImportSample({ preview, isStale }: { preview: ImportPreview; isStale: boolean }) {
  return (
    <Card className={cn('transition-opacity', isStale && 'opacity-60')} aria-busy={isStale}>
      <CardHeader title="First rows" description={sampleVerdict(preview)} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section aria-label="First rows of the file" tabIndex={0} className="overflow-x-auto border-t">
        <table className="w-full text-left text-[13px]">
          <thead>
            <tr className="border-b bg-surface-sunken text-muted-foreground text-xs">
              <th scope="col" className="px-3 py-2 font-medium">
                Line
              </th>
              <th scope="col" className="px-3 py-2 font-medium">
                Verdict
              </th>
              {preview.columns.map((column) => (
                <th key={column.name} scope="col" className="whitespace-nowrap px-3 py-2 font-medium">
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.rows.map((row) => {
              const troubled = troubledCells(row, preview.columns)
              const verdict = VERDICTS[row.verdict] ?? VERDICTS.rejected
              return (
                <tr key={row.line} className="border-b align-top last:border-0">
                  <td className="tabular px-3 py-2 text-muted-foreground">{row.line}</td>
                  <td className="min-w-44 px-3 py-2">
                    <Badge tone={verdict?.tone ?? 'danger'}>{verdict?.label}</Badge>
                    {row.reason && <p className="mt-1 text-muted-foreground text-xs">{row.reason}</p>}
                  </td>
                  {preview.columns.map((column, index) => (
                    <td
                      key={column.name}
                      className={cn(
                        'max-w-56 truncate px-3 py-2',
                        !column.target && 'text-muted-foreground line-through',
                        troubled.has(index) && (row.verdict === 'rejected' ? 'bg-danger-soft' : 'bg-warning-soft'),
                      )}
                    >
                      {row.cells[index]}
                    </td>
                  ))}
                </tr>
              )
            })}
          </tbody>
        </table>
      </section>
    </Card>
  )
}
