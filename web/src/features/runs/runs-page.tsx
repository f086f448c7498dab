import { useNavigate, useSearch } from '@tanstack/react-router'
import { Page } from '@/components/layout/page'
import { RunsView } from '@/components/runs/runs-view'

/** Every run of every workflow: `?lead=12&status=failed&node=ask`. */
export function RunsPage() {
  const search = useSearch({ from: '/runs' })
  const navigate = useNavigate({ from: '/runs' })
  return (
    <Page
      title="Runs"
      mode="fill"
      description="One run is one lead’s way through a workflow. Open one to see what it did, and why."
    >
      <RunsView
        search={search}
        set={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })}
      />
    </Page>
  )
}
