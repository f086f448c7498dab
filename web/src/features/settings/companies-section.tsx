import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Building2, Trash2, Upload } from 'lucide-react'
import { useState } from 'react'
import { type Company, companiesQuery, deleteCompany, useCompaniesChanged } from '@/api/companies'
import { type Column, DataTable } from '@/components/data-table/data-table'
import { useRows } from '@/components/data-table/rows'
import { Button } from '@/components/ui/button'
import { Card } from '@/components/ui/card'
import { Input } from '@/components/ui/input'
import { EmptyState } from '@/components/ui/states'
import { formatAgo, formatNumber } from '@/lib/format'
import { withUndo } from '@/lib/toast'
import { ImportCompanies } from './import-companies'

/** Companies that enrichment knows without asking anybody: find, import, delete. */
export default function CompaniesSection() {
  const search = useSearch({ strict: false })
  const navigate = useNavigate()
  const [wanted, setWanted] = useState(search.search ?? '')
  const [isImporting, setImporting] = useState(false)
  const [hidden, setHidden] = useState<ReadonlySet<number>>(new Set())
  const changed = useCompaniesChanged()
  const rows = useRows(useInfiniteQuery(companiesQuery(search.search)))
  const shown = { ...rows, items: rows.items.filter((row) => !hidden.has(row.id)) }

  const remove = (company: Company) => {
    setHidden((before) => new Set([...before, company.id]))
    const show = () => setHidden((before) => new Set([...before].filter((id) => id !== company.id)))
    withUndo(`${company.name} deleted`, () => deleteCompany(company.id).then(changed), show)
  }
  const columns: Column<Company>[] = [
    { id: 'name', header: 'Company', width: 200, cell: (row) => <span className="font-medium">{row.name}</span> },
    { id: 'domain', header: 'Domain', width: 180, cell: (row) => row.domain ?? '' },
    { id: 'industry', header: 'Industry', width: 150, cell: (row) => row.industry ?? '' },
    {
      id: 'employees',
      header: 'Employees',
      width: 100,
      align: 'right',
      cell: (row) => <span className="tabular">{formatNumber(row.employees)}</span>,
    },
    { id: 'source', header: 'From', cell: (row) => row.source ?? '' },
    { id: 'updated', header: 'Told', width: 110, align: 'right', cell: (row) => formatAgo(row.updated_at) },
    {
      id: 'delete',
      header: 'Delete',
      width: 76,
      cell: (row) => (
        <Button variant="ghost" size="icon-sm" aria-label={`Delete ${row.name}`} onClick={() => remove(row)}>
          <Trash2 />
        </Button>
      ),
    },
  ]
  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Input
          type="search"
          aria-label="Find a company"
          placeholder="Find a company"
          className="w-56"
          value={wanted}
          onChange={(event) => {
            setWanted(event.target.value)
            void navigate({
              to: '.',
              search: (before) => ({ ...before, search: event.target.value.trim() || undefined }),
              replace: true,
            })
          }}
        />
        <span className="flex-1" />
        <Button variant="primary" onClick={() => setImporting(true)}>
          <Upload /> Import
        </Button>
      </div>
      <Card className="flex flex-col overflow-hidden">
        <DataTable
          label="Companies"
          columns={columns}
          rows={shown}
          rowId={(row) => row.id}
          rowName={(row) => row.name}
          className="max-h-[60dvh] min-h-48"
          empty={
            <EmptyState icon={Building2} title={search.search ? 'No company matches' : 'No companies yet'}>
              {search.search
                ? 'Look for part of the name or the domain.'
                : 'Import a list of companies with industry, size, competitors or news: leads of these companies are enriched from it without asking a provider.'}
            </EmptyState>
          }
        />
      </Card>
      {isImporting && <ImportCompanies onClose={() => setImporting(false)} />}
    </div>
  )
}
