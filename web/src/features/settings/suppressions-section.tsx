import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Ban, Download, Plus, Upload } from 'lucide-react'
import { useState } from 'react'
import {
  OWN_WISH,
  SUPPRESSION_REASONS,
  type Suppression,
  type SuppressionReason,
  suppressionExportUrl,
  suppressionsQuery,
} from '@/api/suppressions'
import { type Column, DataTable } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { Badge } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Input, NativeSelect } from '@/components/ui/input'
import { EmptyState } from '@/components/ui/states'
import { Segmented } from '@/components/ui/toggles'
import { formatAgo, formatPhone } from '@/lib/format'
import { AddSuppression } from './add-suppression'
import { ImportSuppressions } from './import-suppressions'
import { LiftSheet } from './lift-sheet'
import { digitsOf } from './phone-search'

const STATES = [
  { value: 'in-force', label: 'In force' },
  { value: 'lifted', label: 'Lifted' },
] as const
const REASONS = Object.entries(SUPPRESSION_REASONS) as [SuppressionReason, string][]

/** Numbers that must not be contacted: find, add, lift, import, export. */
export default function SuppressionsSection() {
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  const change = (part: { phone?: string; reason?: string; lifted?: boolean }) =>
    navigate({ to: '.', search: (before) => ({ ...before, ...part }), replace: true })
  const [phone, setPhone] = useState(search.phone ?? '')
  const [opened, setOpened] = useState<Suppression | 'add' | 'import' | null>(null)
  const reason = REASONS.find(([name]) => name === search.reason)?.[0]
  const active = !search.lifted
  const rows = useRows(useInfiniteQuery(suppressionsQuery({ phone: digitsOf(search.phone), reason, active })))
  const isFiltered = Boolean(search.phone || reason || search.lifted)
  const close = () => setOpened(null)
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          inputMode="tel"
          aria-label="Find a number"
          placeholder="Find a number"
          className="w-48"
          value={phone}
          onChange={(event) => {
            setPhone(event.target.value)
            void change({ phone: event.target.value.trim() || undefined })
          }}
        />
        <NativeSelect
          aria-label="Reason"
          className="w-auto"
          value={reason ?? ''}
          onChange={(event) => change({ reason: event.target.value || undefined })}
        >
          <option value="">Any reason</option>
          {REASONS.map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </NativeSelect>
        <Segmented
          label="State"
          value={active ? 'in-force' : 'lifted'}
          choices={STATES}
          onChange={(state) => change({ lifted: state === 'lifted' || undefined })}
        />
        <span className="flex-1" />
        <Button onClick={() => setOpened('import')}>
          <Upload /> Import
        </Button>
        <Button asChild>
          <a href={suppressionExportUrl({ reason, active })} download>
            <Download /> Export
          </a>
        </Button>
        <Button variant="primary" onClick={() => setOpened('add')}>
          <Plus /> Add number
        </Button>
      </div>
      <Card className="flex flex-col overflow-hidden">
        <DataTable
          label="Suppressed numbers"
          columns={active ? IN_FORCE : LIFTED}
          rows={rows}
          rowId={(row) => row.id}
          rowName={(row) => formatPhone(row.phone)}
          onOpen={setOpened}
          className="max-h-[60dvh] min-h-48"
          empty={
            <EmptyState icon={Ban} title={isFiltered ? 'No number matches' : 'Nobody is suppressed'}>
              {isFiltered
                ? 'Look for part of the number, or drop a filter.'
                : 'Whoever writes STOP, in whatever words, ends up here at once and is never texted again. Add or import the numbers that your company must not contact.'}
            </EmptyState>
          }
        />
      </Card>
      {opened === 'add' && <AddSuppression onClose={close} />}
      {opened === 'import' && <ImportSuppressions onClose={close} />}
      {opened && typeof opened === 'object' && <LiftSheet suppression={opened} onClose={close} />}
    </div>
  )
}

const SHARED: Column<Suppression>[] = [
  {
    id: 'phone',
    header: 'Number',
    width: 170,
    cell: (row) => <span className="tabular font-medium">{formatPhone(row.phone)}</span>,
  },
  {
    id: 'reason',
    header: 'Reason',
    width: 210,
    cell: (row) => (
      <Badge tone={OWN_WISH.has(row.reason) ? 'danger' : 'neutral'}>{SUPPRESSION_REASONS[row.reason]}</Badge>
    ),
  },
  { id: 'evidence', header: 'What they wrote', cell: (row) => row.evidence ?? '' },
]
const IN_FORCE: Column<Suppression>[] = [
  ...SHARED,
  { id: 'source', header: 'By', width: 120, cell: (row) => row.source },
  { id: 'since', header: 'Since', width: 120, align: 'right', cell: (row) => formatAgo(row.created_at) },
]
const LIFTED: Column<Suppression>[] = [
  ...SHARED,
  { id: 'by', header: 'Lifted by', width: 200, cell: (row) => row.lifted_by ?? '' },
  { id: 'lifted', header: 'Lifted', width: 120, align: 'right', cell: (row) => formatAgo(row.lifted_at) },
]
