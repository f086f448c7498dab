import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { answerBy } from '@/test/server'
import { SuppressionCard } from './suppression-card'

const show = () =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <SuppressionCard phone="+12025550101" />
    </QueryClientProvider>,
  )

it('never says that somebody may be contacted when that could not be found out', async () => {
  answerBy(() => Response.json({ title: 'Too busy', detail: 'Later.' }, { status: 503 }))
  show()
  expect(await screen.findByText('Too busy')).toBeVisible()
  expect(screen.queryByText('May be contacted.')).toBeNull()
})

it('says so when nothing forbids it', async () => {
  answerBy(() => Response.json({ items: [], next_cursor: null }))
  show()
  expect(await screen.findByText('May be contacted.')).toBeVisible()
})
