import { useQueryClient } from '@tanstack/react-query'
import type { ErrorComponentProps } from '@tanstack/react-router'
import { RotateCw } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { EmptyState, ErrorState } from '@/components/ui/states'
import { Page } from './page'

/** What browsers say when a part of the application is no longer at its address. */
const MISSING_PART = /dynamically imported module|importing a module script failed/i

/** What a page that broke down shows; everything around it keeps working. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const client = useQueryClient()
  const retry = () => {
    // What broke the page may be data it had loaded: it is asked for anew.
    client.removeQueries({ type: 'inactive' })
    reset()
  }
  if (MISSING_PART.test(String(error))) {
    return (
      <Page title="Outrider was updated">
        <EmptyState
          icon={RotateCw}
          title="A part of this page could not be loaded"
          actions={
            <Button variant="primary" onClick={() => location.reload()}>
              <RotateCw /> Load the page again
            </Button>
          }
        >
          The server may run a newer version than the one in this window, or the connection broke for a moment.
        </EmptyState>
      </Page>
    )
  }
  return (
    <Page title="Something went wrong">
      <ErrorState error={error} onRetry={retry} />
    </Page>
  )
}
