import { QueryClient, QueryClientProvider, useInfiniteQuery } from '@tanstack/react-query'
import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { ApiProblem, type Page } from '@/api/client'
import { paged } from '@/api/query'
import { DataTable } from './data-table'
import { useRows } from './rows'

interface Person {
  id: number
}

interface TableProps {
  ask: (cursor: string | undefined) => Promise<Page<Person>>
  onOpen?: (person: Person) => void
}

function Table({ ask, onOpen }: TableProps) {
  const rows = useRows(useInfiniteQuery({ queryKey: ['people'], queryFn: ({ pageParam }) => ask(pageParam), ...paged }))
  return (
    <DataTable
      label="People"
      columns={[{ id: 'id', header: 'Id', cell: (person: Person) => person.id }]}
      rows={rows}
      rowId={(person) => person.id}
      rowName={(person) => String(person.id)}
      empty="Nobody"
      {...(onOpen && { onOpen })}
    />
  )
}

it('asks once for a page that can not be had, and again when it is told to', async () => {
  const ask = vi.fn(async (cursor: string | undefined): Promise<Page<Person>> => {
    if (cursor) throw new ApiProblem(500, 'Broken', '')
    return { items: [{ id: 1 }], next_cursor: 'more' }
  })
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  render(
    <QueryClientProvider client={client}>
      <Table ask={ask} />
    </QueryClientProvider>,
  )
  const again = await screen.findByRole('button', { name: 'Try again' })
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(ask).toHaveBeenCalledTimes(2)
  await userEvent.click(again)
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(3))
})

it('opens the row that is marked, also when another came before it meanwhile', async () => {
  let items = [{ id: 1 }, { id: 2 }]
  const client = new QueryClient()
  const onOpen = vi.fn()
  render(
    <QueryClientProvider client={client}>
      <Table ask={async () => ({ items })} onOpen={onOpen} />
    </QueryClientProvider>,
  )
  await vi.waitFor(() => expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '3'))
  screen.getByRole('grid').focus()
  await userEvent.keyboard('jj')
  items = [{ id: 3 }, ...items]
  await client.invalidateQueries()
  await vi.waitFor(() => expect(screen.getByRole('grid')).toHaveAttribute('aria-rowcount', '4'))
  await userEvent.keyboard('{Enter}')
  expect(onOpen).toHaveBeenCalledExactlyOnceWith({ id: 2 })
})
