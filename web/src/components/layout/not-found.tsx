import { Link, useLocation, useRouter } from '@tanstack/react-router'
import { Compass } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { EmptyState } from '@/components/ui/states'
import { PLACES } from './navigation'
import { Page } from './page'

/** What an address that leads nowhere shows. */
export function NotFound() {
  const { pathname } = useLocation()
  const { history } = useRouter()
  return (
    <Page title="Page not found">
      <EmptyState
        icon={Compass}
        title="There is no such page"
        actions={
          <>
            {history.canGoBack() && <Button onClick={() => history.back()}>Back</Button>}
            <Button asChild variant="primary">
              <Link to="/">To the dashboard</Link>
            </Button>
          </>
        }
      >
        <p>
          Nothing is at <code className="break-all rounded bg-accent px-1 py-0.5 text-xs">{pathname}</code>. The link
          may be old or mistyped; perhaps you look for one of these:
        </p>
        <ul className="mt-3 flex flex-wrap justify-center gap-x-4 gap-y-1">
          {PLACES.slice(1).map((place) => (
            <li key={place.to}>
              <Link to={place.to} className="text-primary-text underline-offset-4 hover:underline">
                {place.label}
              </Link>
            </li>
          ))}
        </ul>
      </EmptyState>
    </Page>
  )
}
