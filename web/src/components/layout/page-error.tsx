import type { ErrorComponentProps } from '@tanstack/react-router'
import { ErrorState } from '@/components/ui/states'
import { Page } from './page'

/** What a page that broke down shows; everything around it keeps working. */
export function PageError({ error, reset }: ErrorComponentProps) {
  return (
    <Page title="Something went wrong">
      <ErrorState error={error} onRetry={reset} />
    </Page>
  )
}
