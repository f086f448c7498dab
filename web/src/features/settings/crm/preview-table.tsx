import type { Schemas } from '@/api/client'
import { Status } from '@/components/ui/badge'

const TONES = {
  ok: 'success',
  'ok, without some values': 'warning',
  rejected: 'danger',
  'not to be contacted': 'neutral',
} as const

const words = (values: Record<string, unknown>) =>
  Object.entries(values)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ')

/** What would become of some of their contacts. */
export function PreviewTable({ rows }: { rows: Schemas['CrmPreviewRow'][] }) {
  if (rows.length === 0)
    return <p className="text-[13px] text-muted-foreground">They have no contacts to show a preview with.</p>
  return (
    <ul aria-label="Preview" className="divide-y rounded-md border text-[13px]">
      {rows.map((row) => (
        <li key={row.external_id} className="grid gap-1 px-3 py-2">
          <p className="flex flex-wrap items-center gap-2">
            <Status tone={TONES[row.verdict]}>{row.verdict}</Status>
            <span className="text-muted-foreground">Contact {row.external_id}</span>
          </p>
          <p className="break-words text-muted-foreground">{words(row.values) || 'empty'}</p>
          {row.lead && <p className="break-words">→ {words(row.lead)}</p>}
          {row.reason && <p className="text-danger-text">{row.reason}</p>}
        </li>
      ))}
    </ul>
  )
}
