import { useQuery } from '@tanstack/react-query'
import { Download, RefreshCw, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'
import { type SheetExport, sheetExportsQuery, sheetsAccountsQuery, useDeleteExport, useRunExport } from '@/api/sheets'
import { Button } from '@/components/ui/button'
import { Card, CardHeader } from '@/components/ui/card'
import { formatAgo, plural } from '@/lib/format'
import { toast, toastProblem, withUndo } from '@/lib/toast'
import { Loaded } from '../loaded'
import { SheetExportSheet } from './sheet-export-sheet'
import { SheetImportSheet } from './sheet-import-sheet'

/** Spreadsheets: leads in, a campaign's results out. */
export function SheetsCard() {
  const accounts = useQuery(sheetsAccountsQuery())
  const exports = useQuery(sheetExportsQuery())
  const [open, setOpen] = useState<'import' | 'export' | null>(null)
  return (
    <Loaded query={accounts}>
      {(known) => (
        <Card>
          <CardHeader
            title="Sheets"
            description="A range becomes an ordinary import of leads; a campaign’s results become a table that stays up to date."
            actions={
              <>
                <Button onClick={() => setOpen('import')}>
                  <Download /> Import a range
                </Button>
                <Button onClick={() => setOpen('export')}>
                  <Upload /> Export results
                </Button>
              </>
            }
          />
          <ul aria-label="Exports" className="divide-y border-t">
            {(exports.data ?? []).map((one) => (
              <li key={one.id}>
                <ExportRow export_={one} />
              </li>
            ))}
          </ul>
          {exports.data?.length === 0 && (
            <p className="border-t px-4 py-3 text-[13px] text-muted-foreground">
              No campaign’s results are kept in a spreadsheet.
              {known.accounts.every((one) => one.kind === 'local') &&
                ` For Google Sheets the operator names a service account in ${known.variable}; until then, files in the data folder’s sheets/ are used.`}
            </p>
          )}
          {open === 'import' && <SheetImportSheet accounts={known.accounts} onClose={() => setOpen(null)} />}
          {open === 'export' && <SheetExportSheet accounts={known.accounts} onClose={() => setOpen(null)} />}
        </Card>
      )}
    </Loaded>
  )
}

function ExportRow({ export_: one }: { export_: SheetExport }) {
  const run = useRunExport()
  const deletion = useDeleteExport()
  const name = `campaign ${one.campaign_id} in ${one.sheet}`
  const runNow = () => run.mutate(one.id, { onError: toastProblem, onSuccess: () => toast.success('Writing now.') })
  return (
    <div className="flex flex-wrap items-center gap-3 px-4 py-2.5 text-[13px]">
      <div className="min-w-0 flex-1">
        <h3 className="font-medium text-sm">
          Campaign {one.campaign_id} → {one.sheet}
        </h3>
        <p className="break-all text-muted-foreground">
          {one.spreadsheet} · {one.every_minutes ? `every ${plural(one.every_minutes, 'minute')}` : 'once'} ·{' '}
          {one.exported_at ? `${plural(one.rows, 'row')} ${formatAgo(one.exported_at)}` : 'not written yet'}
        </p>
        {one.problem && <p className="text-danger-text">{one.problem}</p>}
      </div>
      <Button size="sm" isBusy={run.isPending} onClick={runNow}>
        <RefreshCw /> Write now
      </Button>
      <Button
        size="icon-sm"
        variant="ghost"
        aria-label={`Stop the export of ${name}`}
        onClick={() => withUndo(`Stopped the export of ${name}.`, () => deletion.mutateAsync(one.id))}
      >
        <Trash2 />
      </Button>
    </div>
  )
}
