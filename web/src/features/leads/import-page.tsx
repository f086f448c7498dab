import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Page } from '@/components/layout/page'
import { ImportHistory } from './import-history'
import { ImportWatch } from './import-watch'
import { ImportWizard } from './import-wizard'

const route = getRouteApi('/leads/import')

export function ImportPage() {
  const { import_id } = route.useSearch()
  const navigate = useNavigate({ from: '/leads/import' })
  const show = (id: number | undefined) => void navigate({ search: { import_id: id } })
  return (
    <Page
      title="Import leads"
      parent={
        <Link to="/leads" className="hover:underline">
          Leads
        </Link>
      }
    >
      <div className="grid max-w-5xl grid-cols-1 gap-6">
        {import_id ? (
          <ImportWatch key={import_id} importId={import_id} onAgain={() => show(undefined)} />
        ) : (
          <ImportWizard onStarted={(report) => show(report.id)} />
        )}
        <ImportHistory currentId={import_id} />
      </div>
    </Page>
  )
}
