import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Plus, SearchX, Upload, Users } from 'lucide-react'
import { setupQuery, useLoadDemo } from '@/api/setup'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import { toast, toastProblem } from '@/lib/toast'

interface LeadsEmptyProps {
  isFiltered: boolean
  onClear: () => void
  onNew: () => void
}

/** No rows: because the filter matches nobody, or because there are no leads yet. */
export function LeadsEmpty({ isFiltered, onClear, onNew }: LeadsEmptyProps) {
  const { data: setup } = useQuery(setupQuery())
  const demo = useLoadDemo()
  if (isFiltered)
    return (
      <EmptyState icon={SearchX} title="No lead matches" actions={<Button onClick={onClear}>Clear all filters</Button>}>
        Lift a filter, or search for the beginning of a name, company or number.
      </EmptyState>
    )
  // This is gone as soon as there are leads; the word about them must not depend on it.
  const load = () =>
    demo
      .mutateAsync()
      .then(
        () => toast.success('Demo data loaded', { description: 'Fictional leads and a draft of a campaign for them.' }),
        toastProblem,
      )
  return (
    <EmptyState
      icon={Users}
      title="No leads yet"
      actions={
        <>
          <Button variant="primary" asChild>
            <Link to="/leads/import">
              <Upload /> Import a file
            </Link>
          </Button>
          <Button onClick={onNew}>
            <Plus /> Add one lead
          </Button>
          {setup?.can_load_demo && (
            <Button variant="ghost" isBusy={demo.isPending} onClick={load}>
              Load demo data
            </Button>
          )}
        </>
      }
    >
      Leads are the people your campaigns write to. Most come from a CSV or Excel file; its columns are recognised by
      themselves.
    </EmptyState>
  )
}
