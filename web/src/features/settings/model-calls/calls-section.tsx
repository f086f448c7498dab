import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { ListTree } from 'lucide-react'
import { type ModelCall, modelCallsQuery } from '@/api/models'
import { type Column, DataTable } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { Status } from '@/components/ui/badge'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { EmptyState } from '@/components/ui/states'
import { formatAgo, formatMoney, formatNumber, modelName, NONE } from '@/lib/format'
import { useTopics } from '@/live/use-live'
import { purposeName } from '../purposes'
import { CallFilters } from './call-filters'
import { CallSheet } from './call-sheet'
import { type CallSearch, filterOf, isFiltered, standingOf } from './call-words'

/** Every attempt at a model call, the latest first; `?call=5` opens one. */
export default function CallsSection() {
  useTopics('budgets')
  const search = useSearch({ from: '/settings/$section' })
  const navigate = useNavigate({ from: '/settings/$section' })
  const filter = filterOf(search)
  const rows = useRows(useInfiniteQuery(modelCallsQuery(filter)))
  const open = (call: number | undefined) =>
    void navigate({ search: (before) => ({ ...before, call }), resetScroll: false })
  const change = (part: CallSearch) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const drop = () => void navigate({ search: {}, replace: true })
  return (
    <div className="grid gap-3">
      <CallFilters filter={filter} onChange={change} onDrop={drop} />
      <Card className="flex flex-col overflow-hidden">
        <DataTable
          label="Model calls"
          columns={COLUMNS}
          rows={rows}
          rowId={(row) => row.id}
          rowName={(row) => `Call ${row.id}`}
          onOpen={(row) => open(row.id)}
          className="max-h-[70dvh] min-h-48"
          empty={
            <EmptyState
              icon={ListTree}
              title={isFiltered(filter) ? 'No call matches' : 'No model was asked yet'}
              actions={isFiltered(filter) && <Button onClick={drop}>Drop the filters</Button>}
            >
              {isFiltered(filter)
                ? 'Choose another model, purpose or outcome.'
                : 'Each attempt appears here: when an agent reads or answers a text, and when a model is tested.'}
            </EmptyState>
          }
        />
      </Card>
      {search.call !== undefined && <CallSheet id={search.call} onClose={() => open(undefined)} />}
    </div>
  )
}

const COLUMNS: Column<ModelCall>[] = [
  { id: 'when', header: 'When', width: 105, cell: (row) => formatAgo(row.created_at) },
  { id: 'model', header: 'Model', cell: (row) => <span className="font-medium">{modelName(row.model)}</span> },
  { id: 'purpose', header: 'For', width: 165, cell: (row) => purposeName(row.purpose) },
  {
    id: 'outcome',
    header: 'How it went',
    width: 175,
    cell: (row) => {
      const { label, tone } = standingOf(row)
      return <Status tone={tone}>{label}</Status>
    },
  },
  {
    id: 'tokens',
    header: 'Tokens',
    width: 80,
    align: 'right',
    cell: (row) => formatNumber(row.input_tokens + row.output_tokens),
  },
  {
    id: 'time',
    header: 'Time',
    width: 90,
    align: 'right',
    cell: (row) => (row.state === 'reserved' ? NONE : `${formatNumber(row.milliseconds)} ms`),
  },
  {
    id: 'cost',
    header: 'Cost',
    width: 95,
    align: 'right',
    cell: (row) => (row.price_known ? formatMoney(row.cost) : 'not known'),
  },
]
