import { type CompanyImport, useImportCompanies } from '@/api/companies'
import { Notice } from '@/components/ui/states'
import { humanize, plural } from '@/lib/format'
import { FileImport, LineProblems } from './file-import'

/** Adds the companies of a file to the table. */
export function ImportCompanies({ onClose }: { onClose: () => void }) {
  return (
    <FileImport
      title="Import companies"
      description="A CSV or Excel file whose first line names its columns: company or domain, and industry, employees, founded, revenue, description, city, state, country, technologies, competitors, news."
      action="Import"
      accept=".csv,.xlsx,.txt,.tsv"
      load={useImportCompanies()}
      given={(file) => file}
      result={(result) => <Result result={result} />}
      onClose={onClose}
    />
  )
}

function Result({ result }: { result: CompanyImport }) {
  const left = Object.entries(result.columns).filter(([, field]) => field === null)
  const taken = Object.entries(result.columns).filter(([, field]) => field !== null)
  return (
    <>
      <Notice tone="success">
        {plural(result.created, 'company', 'companies')} added, {result.updated} updated.
        {result.duplicates > 0 && ` ${plural(result.duplicates, 'line')} named one again.`}
      </Notice>
      <p className="text-[13px]">
        Columns: {taken.map(([name, field]) => `${name} as ${humanize(field ?? '')}`).join(', ')}.
        {left.length > 0 && ` Left out: ${left.map(([name]) => name).join(', ')}.`}
      </p>
      {result.problems.length > 0 && <LineProblems problems={result.problems} />}
    </>
  )
}
