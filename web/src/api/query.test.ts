import { onlineManager, QueryObserver } from '@tanstack/react-query'
import { afterEach, expect, it } from 'vitest'
import { queryClient, takeOver } from './query'

afterEach(() => onlineManager.setOnline(true))

it('asks a server on the same machine although there is no network', async () => {
  onlineManager.setOnline(false)
  await expect(queryClient.fetchQuery({ queryKey: ['here'], queryFn: async () => 'yes' })).resolves.toBe('yes')
  const mutation = queryClient.getMutationCache().build(queryClient, { mutationFn: async () => 'done' })
  await expect(mutation.execute(undefined)).resolves.toBe('done')
})

it('keeps what a change was answered with when an older answer arrives after it', async () => {
  let arrive = (_: string) => {}
  const older = () => new Promise<string>((resolve) => (arrive = resolve))
  const queryKey = ['thread']
  queryClient.setQueryData(queryKey, 'open')
  const stop = new QueryObserver(queryClient, { queryKey, queryFn: older, staleTime: 0 }).subscribe(() => {})
  await takeOver(queryClient, queryKey, 'resolved')
  arrive('open')
  await new Promise((resolve) => setTimeout(resolve))
  expect(queryClient.getQueryData(queryKey)).toBe('resolved')
  stop()
})
